#include "driver_file.h"

#include "failure.h"
#include "wide.h"

#include <vigil/image.h>

#include <stdlib.h>

#ifndef ERROR_INVALID_IMAGE_HASH
#define ERROR_INVALID_IMAGE_HASH 577L
#endif
#define DRIVER_SIZE_MAX  (64u * 1024u * 1024u)
#define SUBSYSTEM_NATIVE 1u

/* A kernel loads drivers of its own machine only: this tool's, which is installed from a build of the same.
 */
#ifdef _WIN64
#define MACHINE      0x8664u
#define MACHINE_NAME "x64"
#else
#define MACHINE      0x014Cu
#define MACHINE_NAME "x86"
#endif

/* The whole file, malloc'ed; a Win32 error in `*error` instead. */
static void *read_file(const wchar_t *path, DWORD *size, DWORD *error)
{
    HANDLE file =
        CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    LARGE_INTEGER length = {0};
    void *bytes = NULL;

    *error = 0;
    if (file == INVALID_HANDLE_VALUE) {
        *error = GetLastError();
        return NULL;
    }
    if (!GetFileSizeEx(file, &length)) {
        *error = GetLastError();
    } else if (length.QuadPart > DRIVER_SIZE_MAX) {
        *error = ERROR_FILE_TOO_LARGE;
    } else {
        bytes = vg_allocate((size_t)length.QuadPart);
        if (!ReadFile(file, bytes, (DWORD)length.QuadPart, size, NULL)) {
            *error = GetLastError();
            free(bytes);
            bytes = NULL;
        }
    }
    CloseHandle(file);
    return bytes;
}

/* Reads the facts of the file; complains or advises about what stands in the way. */
static bool examine(const char *path, struct vg_image *image, void (*say)(const char *format, ...))
{
    enum vg_image_status status;
    wchar_t *wide = vg_wide(path);
    DWORD size = 0;
    DWORD error;
    void *bytes = read_file(wide, &size, &error);

    free(wide);
    if (!bytes) {
        char *text = vg_windows_text(error);

        say("%s cannot be read (%lu): %s", path, error, text ? text : "");
        free(text);
        return false;
    }
    status = vg_image_read(bytes, size, image);
    free(bytes);
    if (status != VG_IMAGE_OK) {
        say("%s is no driver: %s", path, vg_image_status_text(status));
        return false;
    }
    if (image->machine != MACHINE || image->subsystem != SUBSYSTEM_NATIVE) {
        say("%s is no driver for this Windows: it is for machine 0x%04X and subsystem %u; needed are 0x%04X "
            "(%s) and 1 (native)",
            path, image->machine, image->subsystem, MACHINE, MACHINE_NAME);
        return false;
    }
    return true;
}

static void explain_integrity_bit(const char *path)
{
    vg_advise("%s was linked without /integritycheck: IMAGE_DLLCHARACTERISTICS_FORCE_INTEGRITY (0x0080) is "
              "not set in its header.",
              path);
    vg_advise("Windows lets only images with that bit watch process starts: "
              "PsSetCreateProcessNotifyRoutineEx answers it 0xC0000022 (STATUS_ACCESS_DENIED).");
    vg_advise("Link it with /integritycheck, then sign it. Turning signature enforcement off does not help.");
}

static void explain_signature(const char *path, const struct vg_image *image)
{
    if (!image->signature_in_file) {
        vg_advise("%s carries no signature. With the integrity bit set, Windows loads it only when it is "
                  "signed: otherwise 0xC0000428 (STATUS_INVALID_IMAGE_HASH).",
                  path);
        vg_advise("Sign it (docs/windows.md, \"Signing for a test machine\") and install it again.");
    } else if (image->checksum != image->computed_checksum) {
        vg_advise("%s was changed after it was linked or signed: its checksum is 0x%08X and should be "
                  "0x%08X. Take a fresh copy.",
                  path, image->checksum, image->computed_checksum);
    } else if (image->uninitialised_with_raw_data) {
        vg_advise("%s has a section of only uninitialised data whose PointerToRawData is not 0; the "
                  "signature check fails on that. Link it anew.",
                  path);
    } else {
        vg_advise("%s is signed, but not by somebody this Windows trusts for drivers, or it was changed "
                  "after it was signed.",
                  path);
        vg_advise("On a test machine: `bcdedit /set testsigning on`, Secure Boot off, the certificate in the "
                  "machine's stores Root and TrustedPublisher, and a restart (docs/windows.md).");
    }
}

static void explain_other(DWORD error)
{
    switch (error) {
    case ERROR_ACCESS_DENIED:
        vg_advise("Its file has the integrity bit, so something else refused it: other security software, or "
                  "the rights on the file.");
        break;
    case ERROR_INVALID_PARAMETER:
        vg_advise("The registration of the process callback was refused: Windows' table of such callbacks is "
                  "full (64 entries, 8 before Windows 7), or a copy of Vigil runs already.");
        break;
    default:
        vg_advise("The System event log may say more: wevtutil qe System /c:20 /rd:true /f:text");
    }
}

static void explain(const char *path, DWORD error)
{
    struct vg_image image;

    if (!examine(path, &image, vg_advise))
        return;
    if (error == ERROR_ACCESS_DENIED && !(image.dll_characteristics & VG_IMAGE_FORCE_INTEGRITY))
        explain_integrity_bit(path);
    else if (error == ERROR_INVALID_IMAGE_HASH)
        explain_signature(path, &image);
    else
        explain_other(error);
}

void vg_driver_file_explain(const wchar_t *path, DWORD error)
{
    char *name = vg_utf8(path);

    explain(name, error);
    free(name);
}

static bool check(const char *path)
{
    struct vg_image image;

    if (!examine(path, &image, vg_complain))
        return false;
    if (!(image.dll_characteristics & VG_IMAGE_FORCE_INTEGRITY)) {
        vg_complain("warning: this driver will not start");
        explain_integrity_bit(path);
    } else if (!image.signature_in_file || image.checksum != image.computed_checksum ||
               image.uninitialised_with_raw_data) {
        vg_complain("warning: Windows will refuse this driver");
        explain_signature(path, &image);
    }
    return true;
}

bool vg_driver_file_check(const wchar_t *path)
{
    char *name = vg_utf8(path);
    bool fit = check(name);

    free(name);
    return fit;
}
