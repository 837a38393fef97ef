/* CNG as cng.sys exports it to drivers; behind it is OpenSSL. */
#ifndef SIM_BCRYPT_H
#define SIM_BCRYPT_H

#include "nt/types.h"

typedef PVOID BCRYPT_HANDLE, BCRYPT_ALG_HANDLE, BCRYPT_HASH_HANDLE;
#define BCRYPT_SUCCESS(s)       (((NTSTATUS)(s)) >= 0)
#define BCRYPT_SHA256_ALGORITHM u"SHA256"
#define BCRYPT_SHA1_ALGORITHM   u"SHA1"
#define BCRYPT_MD5_ALGORITHM    u"MD5"
#define BCRYPT_OBJECT_LENGTH    u"ObjectLength"
#define BCRYPT_HASH_LENGTH      u"HashDigestLength"
#define BCRYPT_PROV_DISPATCH    0x00000001
#define MS_PRIMITIVE_PROVIDER   u"Microsoft Primitive Provider"

NTSTATUS BCryptOpenAlgorithmProvider(BCRYPT_ALG_HANDLE *phAlgorithm, LPCWSTR pszAlgId,
                                     LPCWSTR pszImplementation, ULONG dwFlags);
NTSTATUS BCryptCloseAlgorithmProvider(BCRYPT_ALG_HANDLE hAlgorithm, ULONG dwFlags);
NTSTATUS BCryptGetProperty(BCRYPT_HANDLE hObject, LPCWSTR pszProperty, PUCHAR pbOutput, ULONG cbOutput,
                           ULONG *pcbResult, ULONG dwFlags);
NTSTATUS BCryptCreateHash(BCRYPT_ALG_HANDLE hAlgorithm, BCRYPT_HASH_HANDLE *phHash, PUCHAR pbHashObject,
                          ULONG cbHashObject, PUCHAR pbSecret, ULONG cbSecret, ULONG dwFlags);
NTSTATUS BCryptHashData(BCRYPT_HASH_HANDLE hHash, PUCHAR pbInput, ULONG cbInput, ULONG dwFlags);
NTSTATUS BCryptFinishHash(BCRYPT_HASH_HANDLE hHash, PUCHAR pbOutput, ULONG cbOutput, ULONG dwFlags);
NTSTATUS BCryptDestroyHash(BCRYPT_HASH_HANDLE hHash);

#endif
