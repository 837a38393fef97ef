# The driver's own sources, in the order a start passes through them. Compiled for Windows by src/driver/CMakeLists.txt and
# for Linux, unchanged, by sim/CMakeLists.txt.
set(VG_DRIVER_SOURCES
  driver.c boot.c notify.c start.c record.c guard.c event.c ring.c reader.c device.c control.c
  policy.c mode.c config.c process.c running.c image.c token.c sid.c
  deadline.c file.c name.c drive.c tamper.c identity.c hash.c cache.c version.c
  memory.c unicode.c counters.c optional.c)
list(TRANSFORM VG_DRIVER_SOURCES PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
