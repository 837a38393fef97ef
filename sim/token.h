/* Tokens and access checks. */
#ifndef SIM_TOKEN_H
#define SIM_TOKEN_H

#include "sim.h"

struct sim_token_object {
    unsigned char user[SECURITY_MAX_SID_SIZE];
    ULONG session;
    ULONG integrity;
    bool administrator;
    LUID authentication;
};

void sim_tokens_start(void);
void sim_tokens_end(void);

/* A token object with one reference. `system`: of the System process. */
struct sim_token_object *sim_token_new(const struct sim_token *description);

/* Ends the run for anything but a token that the driver holds a reference to. */
void sim_token_check(PACCESS_TOKEN token, const char *routine);

/* Whether a DACL grants a process all of `access`. */
bool sim_dacl_grants(const ACL *dacl, PEPROCESS process, ACCESS_MASK access);

#endif
