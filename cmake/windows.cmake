# Windows from Linux: clang with mingw-w64's headers and import libraries, linked by LLD. Included by the toolchain file of each
# architecture, which sets VG_MACHINE (as lld-link spells it) and VG_TRIPLE.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_C_COMPILER clang-19)
set(CMAKE_C_COMPILER_TARGET ${VG_TRIPLE})
set(CMAKE_RC_COMPILER llvm-rc-19)
set(CMAKE_AR llvm-ar-19)
set(CMAKE_RANLIB llvm-ranlib-19)
string(REPLACE -windows-gnu -mingw32 VG_MINGW /usr/${VG_TRIPLE}) # Debian's folder of mingw-w64
set(CMAKE_FIND_ROOT_PATH ${VG_MINGW})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)

# Windows 7 is the oldest system that vigil.sys and vigil.exe run on. mingw-w64's own printf knows %zu and %lld, which the
# msvcrt.dll of Windows 7 does not; clang 19 knows no gnu_printf, and would check no format.
add_compile_definitions(
  _WIN32_WINNT=0x0601 NTDDI_VERSION=0x06010000 UNICODE _UNICODE __USE_MINGW_ANSI_STDIO=1 gnu_printf=printf)
# The same sources give the same bytes: no build paths in them. (Options, not CMAKE_C_FLAGS_INIT: that is read only when a
# build folder is first configured.)
add_compile_options(
  $<$<COMPILE_LANGUAGE:C>:-ffile-prefix-map=${CMAKE_SOURCE_DIR}=/vigil> $<$<COMPILE_LANGUAGE:C>:-ffile-compilation-dir=.>)
set(CMAKE_EXE_LINKER_FLAGS_INIT "--ld-path=/usr/bin/ld.lld-19 -static -Wl,--no-insert-timestamp")
