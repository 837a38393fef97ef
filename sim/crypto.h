/* CNG. */
#ifndef SIM_CRYPTO_H
#define SIM_CRYPTO_H

void sim_crypto_check_empty(const char *when);

#endif
