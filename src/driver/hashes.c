#include "hashes.h"

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
    for (unsigned i = 0; i < VG_FIELD_COUNT; i++) {
        enum vg_field field = (enum vg_field)i;

        if ((from->known & VG_HASH_BIT(field)) != 0)
            memcpy(vg_hashes_digest(hashes, field), vg_hashes_digest(from, field),
                   vg_field_digest_size(field));
    }
    hashes->known |= from->known;
    hashes->absent |= from->absent;
}
