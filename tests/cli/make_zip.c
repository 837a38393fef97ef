/* Makes a zip archive for tests, a good one or one that is wrong in one way: make_zip ARCHIVE FILE [WAY]
 * [FILE [WAY]]... WAY is how the file before it goes in; deflated and right without one. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MEMBERS_MAX 2000
#define FILE_MAX    ((size_t)16 << 20)

enum way {
    RIGHT,
    STORED,
    ENCRYPTED,     /* says that it is */
    METHOD_12,     /* packed by bzip2, it says */
    BAD_CHECKSUM,  /* of its content */
    CUT,           /* says that it is longer than what was packed */
    BAD_DATA,      /* is no deflated data */
    HUNDRED_TIMES, /* is in the directory a hundred times */
};

static const char *const ways[] = {"--right",        "--stored", "--encrypted", "--method-12",
                                   "--bad-checksum", "--cut",    "--bad-data",  "--hundred-times"};

struct member {
    const char *name;
    enum way way;
    uint32_t offset, packed, size, checksum;
};

static struct member members[MEMBERS_MAX];
static unsigned count;

static void stop(const char *what)
{
    perror(what);
    exit(1);
}

static void put(FILE *out, uint32_t value, unsigned bytes)
{
    for (; bytes-- != 0; value >>= 8)
        fputc((int)(value & 0xFF), out);
}

/* What a local header and the directory have in common. */
static void put_facts(FILE *out, const struct member *member)
{
    put(out, 20, 2);
    put(out, member->way == ENCRYPTED, 2);
    put(out, member->way == STORED ? 0 : member->way == METHOD_12 ? 12 : 8, 2);
    put(out, 0, 4);
    put(out, member->checksum + (member->way == BAD_CHECKSUM), 4);
    put(out, member->packed, 4);
    put(out, member->size + (member->way == CUT ? 10 : 0), 4);
    put(out, (uint32_t)strlen(member->name), 2);
    put(out, 0, 2);
}

static uint32_t deflate_raw(const uint8_t *in, size_t size, uint8_t *out)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)in,
                       .avail_in = (uInt)size,
                       .next_out = out,
                       .avail_out = 2 * FILE_MAX};

    if (deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&stream, Z_FINISH) != Z_STREAM_END)
        stop("deflate");
    deflateEnd(&stream);
    return (uint32_t)stream.total_out;
}

static void put_member(FILE *out, struct member *member, uint8_t *content, uint8_t *packed)
{
    FILE *in = fopen(member->name, "rb");
    const uint8_t *bytes = packed;

    if (in == NULL)
        stop(member->name);
    member->size = (uint32_t)fread(content, 1, FILE_MAX, in);
    fclose(in);
    member->offset = (uint32_t)ftell(out);
    member->checksum = (uint32_t)crc32(0, content, member->size);
    member->packed = deflate_raw(content, member->size, packed);
    if (member->way == STORED) {
        member->packed = member->size;
        bytes = content;
    }
    if (member->way == BAD_DATA)
        memset(packed, 0xFF, member->packed);
    put(out, 0x04034B50, 4);
    put_facts(out, member);
    fputs(member->name, out);
    fwrite(bytes, 1, member->packed, out);
}

static void put_directory(FILE *out)
{
    uint32_t start = (uint32_t)ftell(out);
    uint32_t entries = 0;

    for (unsigned i = 0; i < count; i++) {
        for (unsigned again = members[i].way == HUNDRED_TIMES ? 100 : 1; again != 0; again--, entries++) {
            put(out, 0x02014B50, 4);
            put(out, 20, 2);
            put_facts(out, &members[i]);
            put(out, 0, 2 + 2 + 2 + 4);
            put(out, members[i].offset, 4);
            fputs(members[i].name, out);
        }
    }
    put(out, 0x06054B50, 4);
    put(out, 0, 2);
    put(out, 0, 2);
    put(out, entries, 2);
    put(out, entries, 2);
    put(out, (uint32_t)ftell(out) - 12 - start, 4);
    put(out, start, 4);
    put(out, 0, 2);
}

int main(int argc, char **argv)
{
    uint8_t *content = malloc(FILE_MAX);
    uint8_t *packed = malloc(2 * FILE_MAX);
    FILE *out = argc >= 2 ? fopen(argv[1], "wb") : NULL;

    if (out == NULL || content == NULL || packed == NULL)
        stop("make_zip ARCHIVE FILE [WAY]...");
    for (int i = 2; i < argc && count < MEMBERS_MAX; i++) {
        enum way way = RIGHT;

        while (way <= HUNDRED_TIMES && strcmp(argv[i], ways[way]) != 0)
            way++;
        if (way <= HUNDRED_TIMES && count != 0)
            members[count - 1].way = way;
        else
            members[count++].name = argv[i];
    }
    for (unsigned i = 0; i < count; i++)
        put_member(out, &members[i], content, packed);
    put_directory(out);
    if (fclose(out) != 0)
        stop(argv[1]);
    free(content);
    free(packed);
    return 0;
}
