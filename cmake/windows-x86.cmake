# Windows x86: 32-bit systems.
set(CMAKE_SYSTEM_PROCESSOR x86)
set(VG_MACHINE x86)
set(VG_TRIPLE i686-w64-windows-gnu)
include(${CMAKE_CURRENT_LIST_DIR}/windows.cmake)
