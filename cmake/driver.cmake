# vg_add_driver(NAME [NO_INTEGRITYCHECK] [SIGN] [LEGACY] [SOURCES file...] [PARTS target...] [LIBRARIES import-library...])
#
# Compiles the sources for the Windows kernel and links NAME.sys with NAME.pdb beside it. PARTS are made by vg_add_driver_part
# and may be shared by several drivers. It asks for Windows 7, with LEGACY for Windows XP. /release writes the PE checksum,
# /integritycheck the bit that PsSetCreateProcessNotifyRoutineEx asks for. Two builds give the same bytes: /Brepro, and
# no path of the build machine even in the PDB, whose hash is in the .sys. With SIGN those bytes are NAME.unsigned.sys, and
# NAME.sys is them with the test signature of tools/sign.
find_program(VG_LLD_LINK lld-link-19 REQUIRED)
find_program(VG_DLLTOOL llvm-dlltool-19 REQUIRED)
set(VG_MINGW_LIB ${VG_MINGW}/lib)
set(VG_MINGW_DDK ${VG_MINGW}/include/ddk)

add_library(vg_kernel_options INTERFACE)
target_include_directories(vg_kernel_options SYSTEM INTERFACE ${VG_MINGW_DDK})
# mingw-w64 10 declares these once more as external intrinsics, and then every object file would define them.
target_compile_definitions(vg_kernel_options INTERFACE
  __INTRINSIC_DEFINED___cpuidex= __INTRINSIC_DEFINED_InterlockedBitTestAndSet= __INTRINSIC_DEFINED_InterlockedBitTestAndReset=)
target_compile_options(vg_kernel_options INTERFACE
  -fno-builtin-printf -fno-stack-protector -fno-common -O2
  -g -gcodeview -gno-codeview-command-line
  -Wno-error=\#warnings -Wno-\#warnings)
if(VG_MACHINE STREQUAL x64)
  # Not -ffreestanding: clang shall know what memcpy, memset and memcmp do, which the kernel exports. Without the tables no
  # exception can pass our frames and no stack walk be read.
  target_compile_options(vg_kernel_options INTERFACE -fasynchronous-unwind-tables)
  # Optimised as one program (to Microsoft's compiler: /GL and /LTCG): a start takes an eighth less (docs/performance.md). Only with
  # /lldmingw does LLD keep the unwind data of objects that it makes itself; what else that would let through, imports of data
  # that are bound at run time, stays an error. (Not on x86, where its objects describe their frames in DWARF.)
  target_compile_options(vg_kernel_options INTERFACE -flto)
  set(machine_options /highentropyva /lldmingw /auto-import:no /runtime-pseudo-reloc:no /merge:.buildid=.rdata)
else()
  # A 32-bit driver may not touch the floating-point and vector registers of the thread it interrupts. Stacks are walked by
  # frame pointers; without -fseh-exceptions the frames would be described in DWARF too, in a section of the driver. /noseh:
  # no function of ours handles exceptions, so none may be called as a handler.
  target_compile_options(vg_kernel_options INTERFACE
    -ffreestanding -march=i586 -mgeneral-regs-only -fno-asynchronous-unwind-tables -fseh-exceptions -fno-omit-frame-pointer)
  set(machine_options /safeseh:no /noseh)
endif()
set(VG_MACHINE_LINK_OPTIONS ${machine_options})

function(vg_add_driver_part name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PRIVATE vg_warnings vg_kernel_options)
endfunction()

function(vg_add_driver name)
  cmake_parse_arguments(ARG "NO_INTEGRITYCHECK;SIGN;LEGACY" "" "SOURCES;PARTS;LIBRARIES" ${ARGN})
  if(ARG_SOURCES)
    vg_add_driver_part(${name}_objects ${ARG_SOURCES})
    list(PREPEND ARG_PARTS ${name}_objects)
  endif()
  set(parts "")
  foreach(part ${ARG_PARTS})
    list(APPEND parts $<PATH:RELATIVE_PATH,$<TARGET_FILE:${part}>,${CMAKE_BINARY_DIR}>)
  endforeach()
  set(integrity /integritycheck)
  if(ARG_NO_INTEGRITYCHECK)
    set(integrity "")
  endif()
  set(windows 6.1)
  set(subsystem 6.01)
  if(ARG_LEGACY)
    set(windows 5.1)
    set(subsystem 5.01)
  endif()
  set(libraries "")
  foreach(library ${ARG_LIBRARIES})
    cmake_path(IS_PREFIX CMAKE_BINARY_DIR ${library} built_here)
    if(built_here)
      cmake_path(RELATIVE_PATH library BASE_DIRECTORY ${CMAKE_BINARY_DIR})
    endif()
    list(APPEND libraries ${library})
  endforeach()
  set(driver ${CMAKE_BINARY_DIR}/${name}.sys)
  set(linked ${driver})
  if(ARG_SIGN)
    set(linked ${CMAKE_BINARY_DIR}/${name}.unsigned.sys)
    add_custom_command(
      OUTPUT ${driver}
      COMMAND ${CMAKE_SOURCE_DIR}/tools/sign ${linked} ${driver}
      DEPENDS ${linked} ${CMAKE_SOURCE_DIR}/tools/sign VERBATIM
      COMMENT "Signing ${name}.sys")
  endif()
  add_custom_command(
    OUTPUT ${linked} ${CMAKE_BINARY_DIR}/${name}.pdb
    COMMAND ${VG_LLD_LINK} /nologo /machine:${VG_MACHINE} /driver ${integrity} /release /debug /Brepro /nxcompat /dynamicbase
            ${VG_MACHINE_LINK_OPTIONS} /WX /subsystem:native,${subsystem} /version:${windows} /osversion:${windows} /entry:DriverEntry /nodefaultlib /opt:ref
            /pdbsourcepath:/vigil/build /pdbaltpath:${name}.pdb /pdb:${name}.pdb
            /out:$<PATH:RELATIVE_PATH,${linked},${CMAKE_BINARY_DIR}>
            ${parts} ${libraries} ${VG_MINGW_LIB}/libntoskrnl.a
    DEPENDS ${ARG_PARTS} ${ARG_LIBRARIES}
    WORKING_DIRECTORY ${CMAKE_BINARY_DIR} COMMAND_EXPAND_LISTS VERBATIM
    COMMENT "Linking ${name}.sys")
  add_custom_target(${name} ALL DEPENDS ${driver})
endfunction()

# vg_import_library(TARGET_VAR DEF-FILE): an import library for exports that mingw-w64 has none for. For x86 the file names
# stdcall functions with their @SIZE, which the import itself is without (-k).
function(vg_import_library variable def)
  get_filename_component(stem ${def} NAME_WE)
  set(library ${CMAKE_CURRENT_BINARY_DIR}/lib${stem}.a)
  get_filename_component(def ${def} ABSOLUTE)
  set(machine -m i386:x86-64)
  if(VG_MACHINE STREQUAL x86)
    set(machine -m i386 -k)
  endif()
  add_custom_command(
    OUTPUT ${library}
    COMMAND ${VG_DLLTOOL} ${machine} -d ${def} -l ${library}
    DEPENDS ${def} VERBATIM)
  set(${variable} ${library} PARENT_SCOPE)
endfunction()
