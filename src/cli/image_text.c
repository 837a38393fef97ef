#include "image_text.h"

#include <stddef.h>

#define SUBSYSTEM_NATIVE 1

struct number_name {
    uint16_t number;
    const char *name;
};

/* PE/COFF 3.3.1 and 3.4.2. */
static const struct number_name machines[] = {
    {0x014C, "I386"},        {0x0166, "R4000"},       {0x01C0, "ARM"},     {0x01C4, "ARMNT"},
    {0x0200, "IA64"},        {0x0EBC, "EBC"},         {0x5032, "RISCV32"}, {0x5064, "RISCV64"},
    {0x6232, "LOONGARCH32"}, {0x6264, "LOONGARCH64"}, {0x8664, "AMD64"},   {0xAA64, "ARM64"},
    {0xA641, "ARM64EC"},     {0xA64E, "ARM64X"},
};

static const struct number_name subsystems[] = {
    {1, "NATIVE"},
    {2, "WINDOWS_GUI"},
    {3, "WINDOWS_CUI"},
    {5, "OS2_CUI"},
    {7, "POSIX_CUI"},
    {8, "NATIVE_WINDOWS"},
    {9, "WINDOWS_CE_GUI"},
    {10, "EFI_APPLICATION"},
    {11, "EFI_BOOT_SERVICE_DRIVER"},
    {12, "EFI_RUNTIME_DRIVER"},
    {13, "EFI_ROM"},
    {14, "XBOX"},
    {16, "WINDOWS_BOOT_APPLICATION"},
};

static const char *find_name(const struct number_name *table, size_t count, uint16_t number)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].number == number)
            return table[i].name;
    }
    return NULL;
}

const char *vg_machine_name(uint16_t machine)
{
    return find_name(machines, sizeof(machines) / sizeof(machines[0]), machine);
}

const char *vg_subsystem_name(uint16_t subsystem)
{
    return find_name(subsystems, sizeof(subsystems) / sizeof(subsystems[0]), subsystem);
}

static struct vg_image_finding integrity_finding(const struct vg_image *image)
{
    struct vg_image_finding finding = {.id = "integrity-bit"};

    if ((image->dll_characteristics & VG_IMAGE_FORCE_INTEGRITY) != 0) {
        finding.words = "The integrity bit is set: PsSetCreateProcessNotifyRoutineEx accepts a callback in "
                        "this image, and the loader "
                        "asks for a valid signature wherever it is loaded.";
        return finding;
    }
    finding.problem = image->subsystem == SUBSYSTEM_NATIVE;
    finding.words = "The integrity bit is not set: PsSetCreateProcessNotifyRoutineEx would answer 0xC0000022 "
                    "(STATUS_ACCESS_DENIED) to a callback in this image, signed or not.";
    if (finding.problem)
        finding.advice = "If it is to watch processes, link it with /integritycheck, and sign it after that.";
    return finding;
}

static struct vg_image_finding signature_finding(const struct vg_image *image)
{
    bool integrity = (image->dll_characteristics & VG_IMAGE_FORCE_INTEGRITY) != 0;
    struct vg_image_finding finding = {.id = "signature"};

    if (image->signature_in_file) {
        finding.words =
            "A signature is embedded; whether it is valid and its signer trusted, only the system it is "
            "loaded on can say. "
            "Where it is not, the loader answers 0xC0000428 (STATUS_INVALID_IMAGE_HASH, Win32 577).";
        return finding;
    }
    if (image->signature_offset != 0) {
        finding.problem = true;
        finding.words = "The header names a certificate table that is not in the file whole: the file was "
                        "cut off or changed after "
                        "signing. The loader answers 0xC0000428 (STATUS_INVALID_IMAGE_HASH, Win32 577) where "
                        "a signature is asked for.";
        finding.advice = "Take an undamaged copy, or sign it again.";
        return finding;
    }
    if (integrity) {
        finding.problem = true;
        finding.words = "No signature is embedded, and the integrity bit asks for one: unless a catalog "
                        "vouches for the file, the loader "
                        "refuses it with 0xC0000428 (STATUS_INVALID_IMAGE_HASH, Win32 577).";
        finding.advice = "Sign it; on a test machine with a test certificate after `bcdedit /set testsigning "
                         "on` and a restart "
                         "(Secure Boot off).";
        return finding;
    }
    finding.problem = image->subsystem == SUBSYSTEM_NATIVE;
    if (finding.problem) {
        finding.words = "No signature is embedded: unless a catalog vouches for it, 64-bit Windows does not "
                        "load it as a driver: "
                        "0xC0000428 (STATUS_INVALID_IMAGE_HASH, Win32 577).";
        finding.advice = "Sign it; on a test machine with a test certificate after `bcdedit /set testsigning "
                         "on` and a restart.";
    } else {
        finding.words =
            "No signature is embedded; as an ordinary program or library it needs none to be loaded.";
    }
    return finding;
}

static struct vg_image_finding checksum_finding(const struct vg_image *image)
{
    struct vg_image_finding finding = {.id = "checksum"};

    if (image->checksum == image->computed_checksum) {
        finding.words = "The checksum is right.";
    } else if (image->checksum == 0) {
        finding.problem = image->subsystem == SUBSYSTEM_NATIVE;
        finding.words = "The header states no checksum; Windows asks for one in drivers only.";
        if (finding.problem)
            finding.advice = "Link it with /release, which writes the checksum.";
    } else {
        finding.problem = true;
        finding.words = "The checksum is wrong: the file was changed after it was linked, or is damaged. As "
                        "a driver, Windows refuses it "
                        "with 0xC0000221 (STATUS_IMAGE_CHECKSUM_MISMATCH).";
        finding.advice = "Link it again with /release; a tool that changes the file afterwards has to "
                         "correct the checksum.";
    }
    return finding;
}

unsigned vg_image_findings(const struct vg_image *image,
                           struct vg_image_finding findings[VG_IMAGE_FINDINGS_MAX])
{
    unsigned count = 0;

    findings[count++] = integrity_finding(image);
    findings[count++] = signature_finding(image);
    findings[count++] = checksum_finding(image);
    if (image->writable_executable_section) {
        findings[count++] = (struct vg_image_finding){
            .problem = true,
            .id = "writable-executable",
            .words = "A section is both writable and executable: memory integrity (HVCI) does not load it as "
                     "a driver.",
            .advice = "Keep code and data in sections of their own; do not merge them when linking.",
        };
    }
    if (image->uninitialised_with_raw_data) {
        findings[count++] = (struct vg_image_finding){
            .problem = true,
            .id = "uninitialised-raw-data",
            .words = "A section of only uninitialised data has a PointerToRawData that is not 0: the "
                     "signature check fails on it.",
            .advice = "Link it with a linker that writes 0 there (lld-link and link do).",
        };
    }
    return count;
}
