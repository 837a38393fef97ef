/* SAL annotations carry the contract in our headers; here they say nothing to the compiler. */
#ifndef SIM_NT_SAL_H
#define SIM_NT_SAL_H

#define _In_
#define _In_opt_
#define _In_z_
#define _In_reads_(x)
#define _In_reads_opt_(x)
#define _In_reads_bytes_(x)
#define _In_reads_bytes_opt_(x)
#define _Inout_
#define _Inout_opt_
#define _Inout_updates_(x)
#define _Inout_updates_bytes_(x)
#define _Inout_updates_bytes_to_(x, y)
#define _Out_
#define _Out_opt_
#define _Out_writes_(x)
#define _Out_writes_opt_(x)
#define _Out_writes_to_(x, y)
#define _Out_writes_bytes_(x)
#define _Out_writes_bytes_opt_(x)
#define _Out_writes_bytes_to_(x, y)
#define _Out_writes_bytes_to_opt_(x, y)
#define _Out_writes_bytes_all_(x)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_result_bytebuffer_(x)
#define _Outptr_result_buffer_(x)
#define _Deref_out_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Ret_range_(x, y)
#define _Field_size_(x)
#define _Field_size_bytes_(x)
#define _Field_z_
#define _Field_range_(x, y)
#define _Must_inspect_result_
#define _Check_return_
#define _Use_decl_annotations_
#define _Success_(x)
#define _Return_type_success_(x)
#define _When_(x, y)
#define _At_(x, y)
#define _Pre_
#define _Post_
#define _Pre_notnull_
#define _Post_invalid_
#define _Post_ptr_invalid_
#define _Frees_ptr_opt_
#define _Printf_format_string_
#define _Function_class_(x)
#define _Dispatch_type_(x)
#define _IRQL_requires_(x)
#define _IRQL_requires_max_(x)
#define _IRQL_requires_min_(x)
#define _IRQL_requires_same_
#define _IRQL_raises_(x)
#define _IRQL_saves_
#define _IRQL_restores_
#define _IRQL_saves_global_(x, y)
#define _IRQL_restores_global_(x, y)
#define _Requires_lock_held_(x)
#define _Requires_lock_not_held_(x)
#define _Requires_shared_lock_held_(x)
#define _Requires_exclusive_lock_held_(x)
#define _Acquires_lock_(x)
#define _Acquires_shared_lock_(x)
#define _Acquires_exclusive_lock_(x)
#define _Releases_lock_(x)
#define _Releases_shared_lock_(x)
#define _Releases_exclusive_lock_(x)
#define _Guarded_by_(x)
#define _Interlocked_operand_
#define _Interlocked_
#define _Kernel_entry_
#define _Maybe_raises_SEH_exception_
#define __drv_allocatesMem(x)
#define __drv_freesMem(x)
#define __drv_aliasesMem
#define __drv_strictTypeMatch(x)
#define _Analysis_assume_(x)
#define __fallthrough

#endif
