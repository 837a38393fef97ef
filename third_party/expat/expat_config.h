/* What expat's build system would write for this compiler. XML_DTD brings expat's own protection against
 * entities that grow without bound (our callers refuse documents that declare any). */
#ifndef EXPAT_CONFIG_H
#define EXPAT_CONFIG_H

#define BYTEORDER         1234
#define XML_CONTEXT_BYTES 1024
#define XML_DTD           1
#define XML_NS            1

#endif
