# The driver's own sources, in the order a start passes through them. Compiled for Windows by src/driver/CMakeLists.txt and
# for Linux, unchanged, by sim/CMakeLists.txt.
# VG_DRIVER_SYSTEM_SOURCES are vigil.sys's alone, VG_DRIVER_LEGACY_SOURCES those of vigil-xp.sys (systems before Windows Vista
# SP1), which is the same driver otherwise.
set(VG_DRIVER_SOURCES
  driver.c boot.c start.c exit.c record.c guard.c event.c ring.c reader.c device.c control.c
  policy.c mode.c config.c process.c running.c image.c token.c sid.c
  deadline.c file.c name.c drive.c volumes.c tamper.c identity.c hash.c hashes.c cache.c version.c image_file.c
  memory.c spares.c unicode.c counters.c optional.c)
set(VG_DRIVER_SYSTEM_SOURCES notify.c system.c digest.c)
set(VG_DRIVER_LEGACY_SOURCES legacy/notify.c legacy/system.c legacy/digest.c)
foreach(list VG_DRIVER_SOURCES VG_DRIVER_SYSTEM_SOURCES VG_DRIVER_LEGACY_SOURCES)
  list(TRANSFORM ${list} PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
endforeach()
