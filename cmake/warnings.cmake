# Warnings for our own code (not for third_party/). Link a target to vg_warnings.
add_library(vg_warnings INTERFACE)
target_compile_options(vg_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wvla -Werror)
