/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the scripts of all frameworks share: plain Python and NumPy, and the walk over the network.
 */
#pragma once

#include "bf-code.h"

G_BEGIN_DECLS

typedef struct _BfCodeFramework BfCodeFramework;

typedef struct
{
  const BfCodeFramework *framework;
  const BfCodeOptions *options;
  const BfPlan *plan;
  const BfSpec *spec;
  GString *text;
  GArray *stages;   /* of BfStage; empty: none */
} BfCode;

/* A row of a table: what an id of the engine's is called there. */
typedef struct { const char *id, *code; } BfCodeWord;

/* A kind of layer there: an expression in which $id stands for a parameter of the layer's, or what prints one. */
typedef struct
{
  const char *id;
  const char *expression;
  void (*print) (BfCode *code, const BfPlanLayer *layer);
  const char *class;   /* what it needs first, or NULL */
} BfCodeLayer;

struct _BfCodeFramework
{
  BfKind kind;
  void (*print) (BfCode *code);
  const BfCodeWord *activations;
  const BfCodeLayer *layers;
  const char *projection;   /* a dense layer without bias, from $inputs to $outputs */
};

extern const BfCodeFramework bf_code_pytorch, bf_code_keras;

const char *bf_code_find_word (const BfCodeWord *words, const char *id);

void  bf_code_add (BfCode *code, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Python literals. Transfer full. */
char *bf_code_number (double number);
char *bf_code_string (const char *text);
/* "0.9" for a number of options'. Transfer full. */
char *bf_code_option (const BfOptions *options, const char *id);
/* $id in code replaced by the option of that id. Transfer full. */
char *bf_code_fill_in (const BfOptions *options, const char *code);
/* ", keyword=value" where a number differs from the framework's own. */
void  bf_code_add_keyword (BfCode *code, const BfOptions *options, const char *id, const char *keyword, double fallback);

gboolean bf_code_has_layer (const BfCode *code, const char *kind_id);
gboolean bf_code_has_start (const BfCode *code, const char *initializer_id);
gboolean bf_code_data_travels (const BfCode *code);   /* in the weights' file, for parity */
gboolean bf_code_has_part (const BfCode *code, BfPart part);

/* Width into, or out of, a layer of a block's first copy: a number, or "784 if copy == 0 else 128". */
char *bf_code_width (const BfCode *code, const BfPlanLayer *layer, gboolean out);
/* For a framework's table of layers. */
void bf_code_print_activation (BfCode *code, const BfPlanLayer *layer);
void bf_code_print_add        (BfCode *code, const BfPlanLayer *layer);

/* "layers += [...]" for each block, a loop for its copies. */
void bf_code_add_layers (BfCode *code);
/* "(0, 2)": the list's places of frozen layers with parameters; NULL when there are none. */
char *bf_code_frozen (const BfCode *code);

/* Growing and freezing: "starts", where the dense layers stand in the list, then the loop over the stages as the
 * head of what follows, which bf_code_indent_stage() moves into it. */
void  bf_code_add_stages   (BfCode *code, const char *dense_class);
void  bf_code_indent_stage (BfCode *code, gsize from);
/* Of a stage, where there are stages. */
guint bf_code_get_epochs   (const BfCode *code);

/* At the end: a comment and the imports that the script uses, in front of it. */
void bf_code_add_head   (BfCode *code, const char *framework, const char *imports);
void bf_code_add_data   (BfCode *code);   /* x, y, x_validation …, x_test …; for parity only x, y */
void bf_code_add_reader (BfCode *code);   /* parity: weights = {name: array} */
/* "def factor(step)" when the rate changes; FALSE: it is constant. */
gboolean bf_code_add_schedule (BfCode *code);
void bf_code_add_result (BfCode *code);   /* parity: prints loss and norms */

G_END_DECLS
