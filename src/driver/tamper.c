#include "tamper.h"

#include "optional.h"

_Use_decl_annotations_
bool vg_tamper_is_writable(PFILE_OBJECT object)
{
    if (vg_optional.MmDoesFileHaveUserWritableReferences == NULL || object->SectionObjectPointer == NULL)
        return true;
    return vg_optional.MmDoesFileHaveUserWritableReferences(object->SectionObjectPointer) != 0;
}

_Use_decl_annotations_
void vg_tamper_look(PFILE_OBJECT given, const struct vg_file *file, bool has_open_name,
                    struct vg_record *record)
{
    bool all = file->delete_known;

    vg_record_set_state(record, VG_FIELD_TAMPERED, VG_FACT_ABSENT);
    if (file->delete_pending)
        (void)vg_record_add(record, VG_FIELD_TAMPERED, VG_LITERAL_SPAN(u"delete-pending"));
    if (given == NULL || vg_optional.IoGetTransactionParameterBlock == NULL)
        all = false;
    else if (vg_optional.IoGetTransactionParameterBlock(given) != NULL)
        (void)vg_record_add(record, VG_FIELD_TAMPERED, VG_LITERAL_SPAN(u"transacted"));
    if (given == NULL || given->SectionObjectPointer == NULL ||
        vg_optional.MmDoesFileHaveUserWritableReferences == NULL)
        all = false;
    else if (vg_tamper_is_writable(given))
        (void)vg_record_add(record, VG_FIELD_TAMPERED, VG_LITERAL_SPAN(u"writable"));
    if (!has_open_name)
        (void)vg_record_add(record, VG_FIELD_TAMPERED, VG_LITERAL_SPAN(u"unnamed"));
    if (!all && record->facts[VG_FIELD_TAMPERED].state == VG_FACT_ABSENT)
        vg_record_set_state(record, VG_FIELD_TAMPERED, VG_FACT_UNKNOWN);
}
