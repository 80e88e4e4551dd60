/*
 * The native rivals of the EC comparison, as a co-process: it reads one command a line and answers with one line.
 *
 *   load D X Y PX PY       the key and the foreign point, in hex                           -> ok
 *   jwks KEY POINT         the same as JWKs, compact, without a blank                      -> ok
 *   answer OPERATION       the operation's result: x and y in hex, or a JWK                -> the result
 *   run OPERATION COUNT    does it COUNT times                                             -> processor time in ns
 *
 * Operations: multiply (bytes to bytes), point (decoded point to affine coordinates), generate (base point times the
 * key, to bytes), sign (ECDSA over SHA-512), exchange (libjose, between parsed JWKs).
 *
 * Built without libjose unless WITH_JOSE is defined. Any failure ends the process: its reader then reports it.
 */
#define _POSIX_C_SOURCE 200809L

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef WITH_JOSE
#include <jansson.h>
#include <jose/jose.h>
#endif

#define FIELD 66
#define ENCODED (1 + 2 * FIELD)

static EC_GROUP *group;
static BN_CTX *context;
static BIGNUM *scalar;
static EC_KEY *key;
static EC_POINT *point;
static EC_POINT *product;
static BIGNUM *x_out;
static BIGNUM *y_out;
static unsigned char encoded_point[ENCODED];
static unsigned char encoded_product[ENCODED];
static unsigned char message[256];
#ifdef WITH_JOSE
static json_t *jwk_key;
static json_t *jwk_point;
static json_t *jwk_product;
#endif

static void need(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "rivals: %s failed\n", what);
        exit(1);
    }
}

static void multiply(void)
{
    need(EC_POINT_oct2point(group, point, encoded_point, ENCODED, context), "EC_POINT_oct2point");
    need(EC_POINT_mul(group, product, NULL, point, scalar, context), "EC_POINT_mul");
    need(EC_POINT_point2oct(group, product, POINT_CONVERSION_UNCOMPRESSED, encoded_product, ENCODED, context) ==
             ENCODED,
         "EC_POINT_point2oct");
}

static void multiply_point(void)
{
    need(EC_POINT_mul(group, product, NULL, point, scalar, context), "EC_POINT_mul");
    need(EC_POINT_get_affine_coordinates(group, product, x_out, y_out, context), "EC_POINT_get_affine_coordinates");
}

static void generate(void)
{
    need(EC_POINT_mul(group, product, scalar, NULL, NULL, context), "EC_POINT_mul");
    need(EC_POINT_point2oct(group, product, POINT_CONVERSION_UNCOMPRESSED, encoded_product, ENCODED, context) ==
             ENCODED,
         "EC_POINT_point2oct");
}

static void sign(void)
{
    unsigned char digest[SHA512_DIGEST_LENGTH];
    unsigned char raw[2 * FIELD];
    ECDSA_SIG *signature;

    need(SHA512(message, sizeof message, digest) != NULL, "SHA512");
    signature = ECDSA_do_sign(digest, sizeof digest, key);
    need(signature != NULL, "ECDSA_do_sign");
    need(BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, FIELD) == FIELD, "BN_bn2binpad");
    need(BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + FIELD, FIELD) == FIELD, "BN_bn2binpad");
    ECDSA_SIG_free(signature);
}

#ifdef WITH_JOSE
static void exchange(void)
{
    json_decref(jwk_product);
    jwk_product = jose_jwk_exc(NULL, jwk_key, jwk_point);
    need(jwk_product != NULL, "jose_jwk_exc");
}
#endif

typedef void operation(void);

static operation *find(const char *name)
{
    if (strcmp(name, "multiply") == 0)
        return multiply;
    if (strcmp(name, "point") == 0)
        return multiply_point;
    if (strcmp(name, "generate") == 0)
        return generate;
    if (strcmp(name, "sign") == 0)
        return sign;
#ifdef WITH_JOSE
    if (strcmp(name, "exchange") == 0)
        return exchange;
#endif
    need(0, "finding the operation");
    return NULL;
}

static void load(const char *d, const char *x, const char *y, const char *px, const char *py)
{
    BIGNUM *bx = NULL;
    BIGNUM *by = NULL;

    group = EC_GROUP_new_by_curve_name(NID_secp521r1);
    context = BN_CTX_new();
    key = EC_KEY_new_by_curve_name(NID_secp521r1);
    need(group != NULL && context != NULL && key != NULL, "making the group");
    point = EC_POINT_new(group);
    product = EC_POINT_new(group);
    x_out = BN_new();
    y_out = BN_new();
    need(point != NULL && product != NULL && x_out != NULL && y_out != NULL, "making points");
    need(BN_hex2bn(&scalar, d) && BN_hex2bn(&bx, x) && BN_hex2bn(&by, y), "reading the key");
    BN_set_flags(scalar, BN_FLG_CONSTTIME);
    need(EC_KEY_set_private_key(key, scalar), "EC_KEY_set_private_key");
    need(EC_KEY_set_public_key_affine_coordinates(key, bx, by), "EC_KEY_set_public_key_affine_coordinates");
    need(BN_hex2bn(&bx, px) && BN_hex2bn(&by, py), "reading the point");
    need(EC_POINT_set_affine_coordinates(group, point, bx, by, context), "EC_POINT_set_affine_coordinates");
    need(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, encoded_point, ENCODED, context) == ENCODED,
         "EC_POINT_point2oct");
    BN_free(bx);
    BN_free(by);
    puts("ok");
}

static void jwks(const char *key_text, const char *point_text)
{
#ifdef WITH_JOSE
    jwk_key = json_loads(key_text, 0, NULL);
    jwk_point = json_loads(point_text, 0, NULL);
    need(jwk_key != NULL && jwk_point != NULL, "json_loads");
#else
    (void)key_text;
    (void)point_text;
#endif
    puts("ok");
}

static void answer(const char *name)
{
    find(name)();
#ifdef WITH_JOSE
    if (strcmp(name, "exchange") == 0) {
        char *text = json_dumps(jwk_product, JSON_COMPACT | JSON_SORT_KEYS);
        need(text != NULL, "json_dumps");
        puts(text);
        free(text);
        return;
    }
#endif
    need(EC_POINT_point2oct(group, product, POINT_CONVERSION_UNCOMPRESSED, encoded_product, ENCODED, context) ==
             ENCODED,
         "EC_POINT_point2oct");
    for (size_t i = 1; i < ENCODED; i++)
        printf("%02x", encoded_product[i]);
    puts("");
}

static long long processor_time(void)
{
    struct timespec now;

    need(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0, "clock_gettime");
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void run(const char *name, const char *count)
{
    operation *chosen = find(name);
    long times = strtol(count, NULL, 10);
    long long start = processor_time();

    for (long i = 0; i < times; i++)
        chosen();
    printf("%lld\n", processor_time() - start);
}

int main(void)
{
    static char line[8192];
    char *word[6];

#ifdef WITH_JOSE
    printf("%s; libjose %s\n", OpenSSL_version(OPENSSL_VERSION), WITH_JOSE);
#else
    printf("%s\n", OpenSSL_version(OPENSSL_VERSION));
#endif
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        int words = 0;

        for (char *next = strtok(line, " \n"); next != NULL && words < 6; next = strtok(NULL, " \n"))
            word[words++] = next;
        if (words == 6 && strcmp(word[0], "load") == 0)
            load(word[1], word[2], word[3], word[4], word[5]);
        else if (words == 3 && strcmp(word[0], "jwks") == 0)
            jwks(word[1], word[2]);
        else if (words == 2 && strcmp(word[0], "answer") == 0)
            answer(word[1]);
        else if (words == 3 && strcmp(word[0], "run") == 0)
            run(word[1], word[2]);
        else
            need(0, "understanding a command");
        fflush(stdout);
    }
    return 0;
}
