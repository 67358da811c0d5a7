/* tfqkd from C, and from all that calls C: key rates of twin-field QKD protocols, and optimal parameters predicted by
   trained models. Link with libtfqkd.so (-ltfqkd).

   Functions that can fail return a tfqkd_status; tfqkd_error() then says what was wrong. No C++ exception leaves this
   interface. Protocols and models do not change once made: any number of threads may use them at once. */
#ifndef TFQKD_H
#define TFQKD_H

#include <stddef.h>

#if defined(TFQKD_BUILDS_LIBRARY)
#define TFQKD_API __attribute__((visibility("default")))
#else
#define TFQKD_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The same numbers as the exit codes of the program. */
typedef enum tfqkd_status {
    TFQKD_OK = 0,
    TFQKD_USAGE = 2,   /* a wrong argument: a null pointer, a value out of its range, an unknown name */
    TFQKD_DATA = 3,    /* a file that is not a sound model */
    TFQKD_FAILURE = 4  /* input, output, memory */
} tfqkd_status;

typedef struct tfqkd_protocol tfqkd_protocol;
typedef struct tfqkd_model tfqkd_model;

/* Such as "0.1.0". */
TFQKD_API const char *tfqkd_version(void);
/* What was wrong in the last call of this thread that failed; "" when none has. Valid until the next call that fails. */
TFQKD_API const char *tfqkd_error(void);

/* Quantities of a link, by their place: all protocols have the same ones and ignore those they do not depend on. */
TFQKD_API size_t tfqkd_link_count(void);
/* Name and unit ("" for none) of a quantity, and the value for links that say nothing of it. Past the last one: NULL, NULL
   and not-a-number. */
TFQKD_API const char *tfqkd_link_name(size_t place);
TFQKD_API const char *tfqkd_link_unit(size_t place);
TFQKD_API double tfqkd_link_default(size_t place);

/* A protocol by name, such as "sns-finite" or "sns-finite:sources=asymmetric"; free it with tfqkd_protocol_free. */
TFQKD_API tfqkd_status tfqkd_protocol_make(const char *name, tfqkd_protocol **protocol);
TFQKD_API void tfqkd_protocol_free(tfqkd_protocol *protocol); /* may be NULL */
/* The name with the options that are not at their defaults. Valid as long as the protocol. */
TFQKD_API const char *tfqkd_protocol_name(const tfqkd_protocol *protocol);
/* Parameters by their place; names and units as above. */
TFQKD_API size_t tfqkd_parameter_count(const tfqkd_protocol *protocol);
TFQKD_API const char *tfqkd_parameter_name(const tfqkd_protocol *protocol, size_t place);
TFQKD_API const char *tfqkd_parameter_unit(const tfqkd_protocol *protocol, size_t place);

/* Signed key rates [bit per time window] of `rows` links with given parameters; a rate that is not above 0 means no key.
   links: rows x tfqkd_link_count(), parameters: rows x tfqkd_parameter_count(), both row by row; rates: rows. Every value must
   lie in its quantity's range; otherwise TFQKD_USAGE, and nothing is written. */
TFQKD_API tfqkd_status tfqkd_key_rate(const tfqkd_protocol *protocol, size_t rows, const double *links,
                                      const double *parameters, double *rates);

/* Reads a model as 'tfqkd train' writes it; free it with tfqkd_model_free. */
TFQKD_API tfqkd_status tfqkd_model_load(const char *path, tfqkd_model **model);
TFQKD_API void tfqkd_model_free(tfqkd_model *model); /* may be NULL */
/* The model's own protocol, which lives as long as the model: do not free it. */
TFQKD_API const tfqkd_protocol *tfqkd_model_protocol(const tfqkd_model *model);

/* Parameters predicted for `rows` links, and the signed key rates that they give by the full formula. `rates` and `outside` may
   be NULL; outside[row] is 1 when the link lies outside the range that the model was trained on, else 0. Shapes and ranges as
   of tfqkd_key_rate. */
TFQKD_API tfqkd_status tfqkd_predict(const tfqkd_model *model, size_t rows, const double *links, double *parameters,
                                     double *rates, int *outside);

#ifdef __cplusplus
}
#endif

#endif
