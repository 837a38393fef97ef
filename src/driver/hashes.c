#include "hashes.h"

const enum vg_field vg_hash_fields[VG_HASH_COUNT] = {
    VG_FIELD_SHA256, VG_FIELD_MD5, VG_FIELD_SHA1, VG_FIELD_IMPHASH, VG_FIELD_AUTHENTIHASH,
};

_Use_decl_annotations_
uint8_t *vg_hashes_digest(struct vg_file_hashes *hashes, enum vg_field field)
{
    switch (field) {
    case VG_FIELD_MD5:
        return hashes->md5;
    case VG_FIELD_SHA1:
        return hashes->sha1;
    case VG_FIELD_IMPHASH:
        return hashes->imphash;
    case VG_FIELD_AUTHENTIHASH:
        return hashes->authentihash;
    default:
        return hashes->sha256;
    }
}

_Use_decl_annotations_
void vg_hashes_add(struct vg_file_hashes *hashes, struct vg_file_hashes *from)
{
    for (unsigned i = 0; i < VG_HASH_COUNT; i++) {
        enum vg_field field = vg_hash_fields[i];

        if ((from->known & VG_HASH_BIT(field)) != 0)
            memcpy(vg_hashes_digest(hashes, field), vg_hashes_digest(from, field),
                   vg_field_digest_size(field));
    }
    hashes->known |= from->known;
    hashes->absent |= from->absent;
}
