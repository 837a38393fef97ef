/* `vigil hash` beside OpenSSL's EVP on the same file, which is in the page cache, by processor time. Each is
 * a program of its own.
 *     bench_hash [--quick] VIGIL FOLDER
 *     bench_hash --evp FILE
 * FOLDER is where the file is put, and removed again. */
#define _POSIX_C_SOURCE 200809L

#include "child.h"
#include "measure.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)1 << 20)

static void make_file(const char *name, size_t size)
{
    uint8_t *buffer = malloc(BUFFER_SIZE);
    FILE *out = fopen(name, "wb");
    uint64_t state = 1;

    for (size_t done = 0; buffer != NULL && out != NULL && done < size; done += BUFFER_SIZE) {
        for (size_t at = 0; at < BUFFER_SIZE; at += sizeof(state)) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            memcpy(buffer + at, &state, sizeof(state));
        }
        fwrite(buffer, 1, BUFFER_SIZE, out);
    }
    free(buffer);
    if (out == NULL || fflush(out) != 0 || ferror(out) || fclose(out) != 0)
        bench_fail("%s cannot be written", name);
}

/* What a program would do that has nothing else to do: read, and hand to EVP. */
static int hash_by_evp(const char *name)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    uint8_t *buffer = malloc(BUFFER_SIZE);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int file = open(name, O_RDONLY);
    bool good =
        buffer != NULL && context != NULL && file >= 0 && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    ssize_t got = 1;

    while (good && (got = read(file, buffer, BUFFER_SIZE)) > 0)
        good = EVP_DigestUpdate(context, buffer, (size_t)got) == 1;
    if (!good || got != 0 || EVP_DigestFinal_ex(context, digest, NULL) != 1)
        bench_fail("%s cannot be hashed", name);
    close(file);
    EVP_MD_CTX_free(context);
    free(buffer);
    return 0;
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    const char *const *operands = (const char *const *)argv + 1 + quick;
    size_t size = (size_t)(quick ? 8 : 512) << 20;
    double tool[BENCH_ROUNDS], evp[BENCH_ROUNDS];
    char name[4096];
    const char *const tool_arguments[] = {operands[0], "hash", name, NULL};
    const char *const evp_arguments[] = {argv[0], "--evp", name, NULL};

    if (argc == 3 && strcmp(argv[1], "--evp") == 0)
        return hash_by_evp(argv[2]);
    if (argc != 3 + quick) {
        fputs("usage: bench_hash [--quick] VIGIL FOLDER\n", stderr);
        return 2;
    }
    snprintf(name, sizeof(name), "%s/hashed.bin", operands[1]);
    make_file(name, size);
    for (unsigned round = 0; round < BENCH_ROUNDS; round++) {
        tool[round] = bench_child_run(tool_arguments, 0).processor;
        evp[round] = bench_child_run(evp_arguments, 0).processor;
    }
    remove(name);
    bench_result((double)size / bench_quantile(tool, BENCH_ROUNDS, 0.5) * 1e9, "hash.vigil");
    bench_result((double)size / bench_quantile(evp, BENCH_ROUNDS, 0.5) * 1e9, "hash.evp");
    return 0;
}
