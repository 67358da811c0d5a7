/* The optimal parameters of a link, and the key rate they give: predict MODEL */
#include <stdio.h>
#include <string.h>
#include <tfqkd/tfqkd.h>

enum { MOST = 64 };

int main(int argc, char **argv)
{
    tfqkd_model *model;
    const tfqkd_protocol *protocol;
    double link[MOST], parameters[MOST], rate;
    int outside;
    size_t k;
    if (argc != 2 || tfqkd_link_count() > MOST) {
        fprintf(stderr, "usage: predict MODEL\n");
        return TFQKD_USAGE;
    }
    if (tfqkd_model_load(argv[1], &model) != TFQKD_OK) {
        fprintf(stderr, "%s\n", tfqkd_error());
        return TFQKD_DATA;
    }
    protocol = tfqkd_model_protocol(model);
    for (k = 0; k < tfqkd_link_count(); ++k) {
        const char *name = tfqkd_link_name(k);
        link[k] = tfqkd_link_default(k);
        if (strcmp(name, "loss_a_db") == 0 || strcmp(name, "loss_b_db") == 0)
            link[k] = 25;
        if (strcmp(name, "pulses") == 0)
            link[k] = 1e13;
    }
    if (tfqkd_parameter_count(protocol) > MOST || tfqkd_predict(model, 1, link, parameters, &rate, &outside) != TFQKD_OK) {
        fprintf(stderr, "%s\n", tfqkd_error());
        tfqkd_model_free(model);
        return TFQKD_USAGE;
    }
    for (k = 0; k < tfqkd_parameter_count(protocol); ++k)
        printf("%s = %.10g %s\n", tfqkd_parameter_name(protocol, k), parameters[k], tfqkd_parameter_unit(protocol, k));
    printf("key_rate_bit_per_pulse = %.10g%s\n", rate > 0 ? rate : 0, outside ? ", outside the trained range" : "");
    tfqkd_model_free(model);
    return 0;
}
