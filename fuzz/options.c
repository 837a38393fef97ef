/* What AddressSanitizer keeps of every block costs a fuzzer more than its target does. ASAN_OPTIONS brings it
 * back for a finding: malloc_context_size=30. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "detect_stack_use_after_return=0:malloc_context_size=2:quarantine_size_mb=8:"
           "allocator_release_to_os_interval_ms=-1";
}
