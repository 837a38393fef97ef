# The rest of vigil.exe's libraries, which Linux has as packages.
set(yaml ${VG_THIRD_PARTY}/libyaml)
add_library(vg_yaml STATIC
  ${yaml}/src/api.c ${yaml}/src/dumper.c ${yaml}/src/emitter.c ${yaml}/src/loader.c ${yaml}/src/parser.c
  ${yaml}/src/reader.c ${yaml}/src/scanner.c ${yaml}/src/writer.c)
target_include_directories(vg_yaml SYSTEM PUBLIC ${yaml}/include)
target_compile_definitions(vg_yaml PUBLIC YAML_DECLARE_STATIC PRIVATE
  YAML_VERSION_MAJOR=0 YAML_VERSION_MINOR=2 YAML_VERSION_PATCH=5 YAML_VERSION_STRING="0.2.5")

set(expat ${VG_THIRD_PARTY}/expat/expat/lib)
add_library(vg_expat STATIC ${expat}/xmlparse.c ${expat}/xmlrole.c ${expat}/xmltok.c)
target_include_directories(vg_expat SYSTEM PUBLIC ${expat} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/expat)
target_compile_definitions(vg_expat PUBLIC XML_STATIC)

set(zlib ${VG_THIRD_PARTY}/zlib)
add_library(vg_zlib STATIC
  ${zlib}/adler32.c ${zlib}/crc32.c ${zlib}/deflate.c ${zlib}/gzclose.c ${zlib}/gzlib.c ${zlib}/gzread.c ${zlib}/gzwrite.c
  ${zlib}/inffast.c ${zlib}/inflate.c ${zlib}/inftrees.c ${zlib}/trees.c ${zlib}/zutil.c)
target_include_directories(vg_zlib SYSTEM PUBLIC ${zlib})

list(APPEND libraries vg_yaml vg_expat vg_zlib)
