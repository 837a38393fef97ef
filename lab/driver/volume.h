/* Volumes. A drive letter of the prefix stands for \Device\HarddiskVolumeN, N being the letter's place in the
 * alphabet (C: is 3, as on many machines). The device objects answer what a driver may ask of them. */
#ifndef LAB_VOLUME_H
#define LAB_VOLUME_H

#include "object.h"

struct lab_volume {
    struct lab_object object;
    DEVICE_OBJECT device;
    WCHAR letter;
    ULONG drive_type;    /* GetDriveType's: 2 removable, 3 fixed, 4 network, 5 cdrom, 6 RAM disk */
    UNICODE_STRING name; /* \Device\HarddiskVolume3 */
    WCHAR name_buffer[32];
};

/* Never fails for A..Z; volumes live as long as lab.sys. */
struct lab_volume *lab_volume_of(WCHAR letter);

/* "\Device\HarddiskVolume12\rest": the letter, and what follows the number; 0 when it is no such name. */
WCHAR lab_volume_letter(const UNICODE_STRING *name, UNICODE_STRING *rest);

/* FILE_FS_DEVICE_INFORMATION for it. */
void lab_volume_device_information(const struct lab_volume *volume, FILE_FS_DEVICE_INFORMATION *information);

/* The replacements. */
NTSTATUS NTAPI lab_IoVolumeDeviceToDosName(PVOID device, PUNICODE_STRING name);
PDEVICE_OBJECT NTAPI lab_IoGetBaseFileSystemDeviceObject(PFILE_OBJECT file);
PDEVICE_OBJECT NTAPI lab_IoGetAttachedDeviceReference(PDEVICE_OBJECT device);
PDEVICE_OBJECT NTAPI lab_IoGetRelatedDeviceObject(PFILE_OBJECT file);

#endif
