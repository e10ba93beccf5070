/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A remedy is a transformation of an experiment, with parameters: one file in remedies/, one word
 * in its meson.build. The base spec stays as it is; what trains is the base with every remedy
 * that is on applied in the table's order of application.
 */
#pragma once

#include "../engine/bf-spec.h"

G_BEGIN_DECLS

/* Order of application. */
typedef enum
{
  BF_STAGE_START, BF_STAGE_ACTIVATION, BF_STAGE_NORMALIZATION, BF_STAGE_SKIP, BF_STAGE_GRADIENT,
  BF_STAGE_FINE_TUNING, BF_STAGE_CLIPPING, BF_STAGE_OPTIMIZER, BF_STAGE_RATE
} BfRemedyStage;

typedef struct
{
  BfKind kind;
  /* The id of a run's colour: "starting weights", "activation", "normalization", "skip connections",
   * "fine-tuning", "gradient norm, clipping" or "optimizer, rate". */
  const char *family;
  BfRemedyStage stage;
  const char *formula;     /* plain Unicode */
  const char *reference;   /* "Glorot & Bengio 2010" */
  const char *link;        /* its address, or NULL */
  const char *acts_on;     /* N_(), a few words: "the slope of every unit" */
  gboolean only_steps;     /* it changes what is made of the gradient, not the gradient */
  const char *cost;        /* N_(), one sentence */
  /* Changes `spec` (a copy of the caller's) as options say. */
  void (*apply) (BfSpec *spec, const BfOptions *options);
} BfRemedy;

const BfKind *const *bf_remedies (void);             /* in the window's order */
const BfRemedy *bf_remedy_find (const char *id);

/* The effective spec: base with every remedy that is on. Transfer full; the base is untouched. */
BfSpec *bf_remedies_apply (BfSpec *base);

/* The setting of a remedy in a spec, or NULL when it was never touched. */
BfRemedySetting *bf_spec_find_remedy (const BfSpec *spec, const char *id);
/* The same, made (off, defaults) and inserted in the table's order; for editing a copy. */
BfRemedySetting *bf_spec_ensure_remedy (BfSpec *spec, const char *id);

/* "batch-norm:place=after,affine=false": switches it on in `spec`, with its parameters. */
gboolean bf_spec_add_remedy_string (BfSpec *spec, const char *text, GError **error);

/* What such a string means in a word or two, translated: "ReLU", "He Normal Weights", "Batch Normalization".
 * Transfer full. */
char *bf_remedy_string_get_name (const char *text);

/* Names of the remedies that are on, translated, joined; "" when none. Transfer full. */
char *bf_spec_describe_remedies (const BfSpec *spec);

/* For apply(): copies every parameter that both have. */
void bf_remedy_copy_options (BfOptions *to, const BfOptions *from);
/* For apply(): gives a parameter that is a choice the kind and the values of `choice`. */
void bf_remedy_copy_choice (BfOptions *options, const char *id, const BfOptions *choice);

/* Why a remedy that is on has no effect or loses against another, translated; NULL: no conflict. */
char *bf_remedy_get_conflict (const BfSpec *spec, const char *id);
/* The remedy because of which the effective spec differs from its base in what `same` compares; NULL
 * where it does not. */
typedef gboolean (*BfSpecSameFunc) (const BfSpec *a, const BfSpec *b);
const BfRemedy *bf_remedy_find_winner (BfSpec *base, BfSpecSameFunc same);

G_END_DECLS
