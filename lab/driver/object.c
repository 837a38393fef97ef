#include "object.h"
#include "log.h"

#define BUCKETS 512

static struct lab_object *buckets[BUCKETS];
static LAB_SRWLOCK lock;

static struct lab_object **bucket_of(const void *body)
{
    return &buckets[((ULONG_PTR)body >> 4) % BUCKETS];
}

void lab_object_init(struct lab_object *object, enum lab_kind kind, void *body, HANDLE handle,
                     void (*destroy)(struct lab_object *))
{
    struct lab_object **bucket = bucket_of(body);

    object->body = body;
    object->kind = kind;
    object->references = 1;
    object->lent = 0;
    object->handle = handle;
    object->destroy = destroy;
    RtlAcquireSRWLockExclusive(&lock);
    object->next = *bucket;
    *bucket = object;
    RtlReleaseSRWLockExclusive(&lock);
}

struct lab_object *lab_object_find(const void *body)
{
    struct lab_object *object;

    RtlAcquireSRWLockExclusive(&lock);
    for (object = *bucket_of(body); object && object->body != body; object = object->next)
        ;
    RtlReleaseSRWLockExclusive(&lock);
    return object;
}

void lab_object_reference(struct lab_object *object)
{
    InterlockedIncrement(&object->references);
}

void lab_object_dereference(struct lab_object *object)
{
    struct lab_object **link;

    if (InterlockedDecrement(&object->references))
        return;
    RtlAcquireSRWLockExclusive(&lock);
    for (link = bucket_of(object->body); *link != object; link = &(*link)->next)
        ;
    *link = object->next;
    RtlReleaseSRWLockExclusive(&lock);
    if (object->handle)
        NtClose(object->handle);
    object->destroy(object);
}

void *lab_object_lend(struct lab_object *object)
{
    lab_object_reference(object);
    InterlockedIncrement(&object->lent);
    return object->body;
}

void lab_object_report_lent(const char *driver)
{
    static const char *const kinds[] = {"process", "file", "token", "volume"};

    RtlAcquireSRWLockExclusive(&lock);
    for (size_t i = 0; i < BUCKETS; i++) {
        for (const struct lab_object *object = buckets[i]; object; object = object->next) {
            if (object->lent > 0)
                lab_violation("%s: %d references to a %s object were not given back", driver,
                              (int)object->lent, kinds[object->kind]);
        }
    }
    RtlReleaseSRWLockExclusive(&lock);
}
