/* Disks and the files on them. */
#include "volume.h"

#include <stdio.h>
#include <stdlib.h>

#include "irql.h"
#include "names.h"
#include "object.h"
#include "violation.h"
#include "world.h"

pthread_mutex_t sim_volume_lock = PTHREAD_MUTEX_INITIALIZER;
static struct sim_volume *volumes;
static struct sim_file *files;
static uint64_t next_id;
static uint64_t next_journal;

static PDEVICE_OBJECT make_device(struct sim_volume *volume, DRIVER_OBJECT *driver, const char *driver_name,
                                  DEVICE_TYPE type)
{
    PDEVICE_OBJECT device = sim_object_new(&sim_device_type, sizeof(*device), NULL);

    driver->DriverName = sim_text(driver_name);
    device->DriverObject = driver;
    device->DeviceType = type;
    device->Characteristics = volume->characteristics;
    device->StackSize = 1;
    device->DeviceExtension = volume;
    return device;
}

void sim_renew_journal(struct sim_volume *volume)
{
    pthread_mutex_lock(&sim_volume_lock);
    volume->journal_id = 0x1d0000000000000ull + ++next_journal;
    volume->next_usn = 4096;
    pthread_mutex_unlock(&sim_volume_lock);
}

struct sim_volume *sim_add_volume(const struct sim_volume_options *options)
{
    static const char mup[] = "\\Device\\Mup\\";
    struct sim_volume *volume = sim_alloc(sizeof(*volume));
    const char *file_system = options->file_system ? options->file_system : "NTFS";
    bool remote = !strncmp(options->device, mup, sizeof(mup) - 1);
    char driver[64];

    volume->device_name = sim_text(remote ? sim_network_device() : options->device);
    volume->prefix = sim_text(remote ? options->device + sizeof(mup) - 2 : "");
    volume->letter = sim_text(options->letter ? options->letter : "");
    volume->file_system = sim_text(file_system);
    volume->device_type = options->device_type
                              ? options->device_type
                              : (remote ? FILE_DEVICE_NETWORK_FILE_SYSTEM : FILE_DEVICE_DISK);
    volume->characteristics = options->characteristics | (remote ? FILE_REMOTE_DEVICE : 0u);
    volume->bus = options->bus ? options->bus : SIM_BUS_SATA;
    volume->has_usn =
        !options->no_usn && !remote && (!strcmp(file_system, "NTFS") || !strcmp(file_system, "ReFS"));
    volume->usn_version = options->usn_version ? options->usn_version : 2;
    volume->empty_journal = options->empty_journal;
    volume->has_file_id = !options->no_file_id;
    volume->tells_more = options->tells_more;
    volume->rootless_names = options->rootless_names;
    volume->usn_room = options->usn_room;
    volume->boasts_names = options->boasts_names;
    volume->slow = options->slow;
    volume->names_streams = options->names_streams;
    volume->serial = 0x5000u + (ULONG)++next_id;
    sim_renew_journal(volume);
    volume->device = make_device(volume, &volume->device_driver,
                                 remote            ? "\\FileSystem\\Mup"
                                 : options->driver ? options->driver
                                                   : "\\Driver\\volmgr",
                                 volume->device_type);
    snprintf(driver, sizeof(driver), "\\FileSystem\\%s", !strcmp(file_system, "NTFS") ? "Ntfs" : file_system);
    volume->fs_device = make_device(volume, &volume->fs_driver, remote ? "\\FileSystem\\Mup" : driver,
                                    remote ? FILE_DEVICE_NETWORK_FILE_SYSTEM : FILE_DEVICE_DISK_FILE_SYSTEM);
    pthread_mutex_lock(&sim_volume_lock);
    volume->next = volumes;
    volumes = volume;
    pthread_mutex_unlock(&sim_volume_lock);
    return volume;
}

void sim_volumes_start(void)
{
    next_id = 100;
    sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\HarddiskVolume2", .letter = "C:"});
}

static void free_volume(struct sim_volume *volume)
{
    sim_object_unref(volume->device);
    sim_object_unref(volume->fs_device);
    sim_text_free(&volume->device_driver.DriverName);
    sim_text_free(&volume->fs_driver.DriverName);
    sim_text_free(&volume->device_name);
    sim_text_free(&volume->prefix);
    sim_text_free(&volume->letter);
    sim_text_free(&volume->file_system);
    free(volume);
}

static void free_file(struct sim_file *file)
{
    sim_text_free(&file->path);
    free(file->content);
    free(file);
}

PDEVICE_OBJECT sim_volume_device(const struct sim_volume *volume)
{
    return volume->device;
}

bool sim_volume_is_referenced(const struct sim_volume *volume)
{
    return sim_object_is_held(volume->device);
}

void sim_remove_volume(struct sim_volume *volume)
{
    struct sim_volume **in_list = &volumes;

    pthread_mutex_lock(&sim_volume_lock);
    for (struct sim_file **at = &files; *at;) {
        struct sim_file *file = *at;
        if (file->volume == volume) {
            *at = file->next;
            free_file(file);
        } else {
            at = &file->next;
        }
    }
    while (*in_list != volume)
        in_list = &(*in_list)->next;
    *in_list = volume->next;
    pthread_mutex_unlock(&sim_volume_lock);
    free_volume(volume);
}

void sim_volumes_end(void)
{
    sim_names_end();
    while (files) {
        struct sim_file *file = files;
        files = file->next;
        free_file(file);
    }
    while (volumes) {
        struct sim_volume *volume = volumes;
        volumes = volume->next;
        free_volume(volume);
    }
}

struct sim_volume *sim_volume_list(void)
{
    return volumes;
}

struct sim_file *sim_file_at(const struct sim_volume *volume, const UNICODE_STRING *long_path)
{
    struct sim_file *file = files;

    while (file && (file->volume != volume || !sim_text_equal(&file->path, long_path)))
        file = file->next;
    return file;
}

static struct sim_file *find(const char *path, struct sim_volume **volume, UNICODE_STRING *below)
{
    UNICODE_STRING name = sim_native_name(path);
    struct sim_file *file;
    bool reparsed;

    if (!NT_SUCCESS(sim_parse_name(&name, NULL, volume, below, &reparsed)))
        sim_violation("the test names %s, which is on no volume it made", path);
    sim_text_free(&name);
    pthread_mutex_lock(&sim_volume_lock);
    file = sim_lookup(volume, below, &reparsed);
    pthread_mutex_unlock(&sim_volume_lock);
    return file;
}

struct sim_file *sim_find_file(const char *path)
{
    struct sim_volume *volume;
    UNICODE_STRING below;
    struct sim_file *file = find(path, &volume, &below);

    sim_text_free(&below);
    return file;
}

struct sim_file *sim_add_file(const char *path, const void *content, size_t size)
{
    struct sim_volume *volume;
    UNICODE_STRING below;
    struct sim_file *file = find(path, &volume, &below);

    if (file) {
        sim_text_free(&below);
    } else {
        file = sim_alloc(sizeof(*file));
        file->volume = volume;
        file->path = below;
        file->sections.ImageSectionObject = file;
        pthread_mutex_lock(&sim_volume_lock);
        file->id = 0x1000000000000ull + ++next_id;
        file->next = files;
        files = file;
        pthread_mutex_unlock(&sim_volume_lock);
    }
    sim_write_file(file, content, size);
    return file;
}

void sim_write_file(struct sim_file *file, const void *content, size_t size)
{
    unsigned char *copy = sim_alloc(size + 1);

    if (size)
        memcpy(copy, content, size);
    pthread_mutex_lock(&sim_volume_lock);
    free(file->content);
    file->content = copy;
    file->size = size;
    file->volume->next_usn += 80;
    file->usn = file->volume->next_usn;
    pthread_mutex_unlock(&sim_volume_lock);
}

void sim_rename_file(struct sim_file *file, const char *path)
{
    struct sim_volume *volume;
    UNICODE_STRING below;

    if (find(path, &volume, &below) || volume != file->volume)
        sim_violation("the test renames a file to %s, which is taken or on another volume", path);
    pthread_mutex_lock(&sim_volume_lock);
    sim_text_free(&file->path);
    file->path = below;
    pthread_mutex_unlock(&sim_volume_lock);
}

void sim_set_file_flags(struct sim_file *file, unsigned flags)
{
    pthread_mutex_lock(&sim_volume_lock);
    file->flags = flags;
    pthread_mutex_unlock(&sim_volume_lock);
}

void sim_put_on_bus(struct sim_file *file, enum sim_bus bus)
{
    pthread_mutex_lock(&sim_volume_lock);
    file->volume->bus = bus;
    pthread_mutex_unlock(&sim_volume_lock);
}

void sim_claim_size(struct sim_file *file, uint64_t size)
{
    pthread_mutex_lock(&sim_volume_lock);
    file->claimed_size = size;
    pthread_mutex_unlock(&sim_volume_lock);
}

void sim_refuse_opens(struct sim_file *file, NTSTATUS status)
{
    pthread_mutex_lock(&sim_volume_lock);
    file->refusal = status;
    pthread_mutex_unlock(&sim_volume_lock);
}

unsigned sim_refused_opens(struct sim_file *file)
{
    pthread_mutex_lock(&sim_volume_lock);
    unsigned opens = file->refused_opens;
    pthread_mutex_unlock(&sim_volume_lock);
    return opens;
}

unsigned sim_file_opens(struct sim_file *file)
{
    pthread_mutex_lock(&sim_volume_lock);
    unsigned opens = file->opens;
    pthread_mutex_unlock(&sim_volume_lock);
    return opens;
}

void sim_while_read(struct sim_file *file, void (*meanwhile)(void))
{
    pthread_mutex_lock(&sim_volume_lock);
    file->while_read = meanwhile;
    pthread_mutex_unlock(&sim_volume_lock);
}

void sim_while_opened(struct sim_file *file, void (*meanwhile)(void))
{
    pthread_mutex_lock(&sim_volume_lock);
    file->while_opened = meanwhile;
    pthread_mutex_unlock(&sim_volume_lock);
}

unsigned sim_file_reads(struct sim_file *file)
{
    pthread_mutex_lock(&sim_volume_lock);
    unsigned bytes = file->bytes_read;
    pthread_mutex_unlock(&sim_volume_lock);
    return bytes;
}

static void destroy_file_object(void *body)
{
    struct sim_file_object *opened = body;

    sim_text_free(&opened->object.FileName);
    sim_text_free(&opened->opened);
}

struct sim_file_object *sim_file_object_new(struct sim_volume *volume, struct sim_file *file,
                                            const UNICODE_STRING *opened_path)
{
    struct sim_file_object *opened = sim_object_new(&sim_file_type, sizeof(*opened), destroy_file_object);

    opened->volume = volume;
    opened->file = file;
    opened->object.Type = 5;
    opened->object.Size = sizeof(FILE_OBJECT);
    opened->object.DeviceObject = volume->device;
    opened->object.Flags = FO_FILE_OPEN;
    opened->object.FileName = sim_text_join(&volume->prefix, opened_path);
    opened->opened = sim_text_copy(&opened->object.FileName);
    opened->object.SectionObjectPointer = file ? &file->sections : NULL;
    return opened;
}

ULONG MmDoesFileHaveUserWritableReferences(PSECTION_OBJECT_POINTERS sections) /* ntifs: <= APC_LEVEL */
{
    bool found = false;

    sim_max_irql(APC_LEVEL, "MmDoesFileHaveUserWritableReferences");
    pthread_mutex_lock(&sim_volume_lock);
    for (const struct sim_file *file = files; file; file = file->next)
        found |= &file->sections == sections && (file->flags & SIM_FILE_WRITABLE_REFERENCES);
    pthread_mutex_unlock(&sim_volume_lock);
    return found;
}
