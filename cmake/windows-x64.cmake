# Windows x64.
set(CMAKE_SYSTEM_PROCESSOR AMD64)
set(VG_MACHINE x64)
set(VG_TRIPLE x86_64-w64-windows-gnu)
include(${CMAKE_CURRENT_LIST_DIR}/windows.cmake)
