/* Access tokens: the lab's objects around the handles of Wine's tokens. */
#ifndef LAB_TOKEN_H
#define LAB_TOKEN_H

#include "object.h"

PACCESS_TOKEN NTAPI lab_PsReferencePrimaryToken(PEPROCESS process);
VOID NTAPI lab_PsDereferencePrimaryToken(PACCESS_TOKEN token);
NTSTATUS NTAPI lab_SeQueryInformationToken(PACCESS_TOKEN token, TOKEN_INFORMATION_CLASS class,
                                           PVOID *information);

#endif
