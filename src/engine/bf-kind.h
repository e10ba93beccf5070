/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A kind is a row of a table: a layer kind, an activation, an optimizer, a remedy, a data source …
 * It has an id (files, command line), a translated name and one line of why (window, help), and
 * its parameters with type, range, default and unit. Every descriptor begins with a BfKind, so one
 * set of functions serves the picker, the form, the file format, the CLI and the tests.
 *
 * BfOptions is one instance of a kind: the kind and a value for each of its parameters. A
 * parameter may itself be a choice from a table (the starting weights of a dense layer), then its
 * value is again a BfOptions.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BF_ERROR (bf_error_quark ())
GQuark bf_error_quark (void);

/* What was wrong with what a user gave. The message names the thing, the place and the remedy. */
typedef enum
{
  BF_ERROR_INVALID,    /* a value, a key or a network that cannot be */
  BF_ERROR_UNKNOWN,    /* an id that no table has */
  BF_ERROR_FILE,       /* a file that is damaged, or not of the kind expected */
  BF_ERROR_TOO_LARGE,  /* a size beyond what the program accepts */
} BfError;

typedef struct _BfKind BfKind;
typedef struct _BfParam BfParam;
typedef struct _BfOptions BfOptions;

/* A table of kinds, ended by NULL. */
typedef const BfKind *const *(*BfTable) (void);

typedef enum
{
  BF_PARAM_NUMBER,
  BF_PARAM_INTEGER,
  BF_PARAM_BOOLEAN,
  BF_PARAM_CHOICE,  /* a kind of `table`, with its own parameters */
  BF_PARAM_TEXT,    /* a file name, a column name, or a text of a form that `check` knows */
  BF_PARAM_LAYER,   /* permanent id of an earlier layer; 0: none */
} BfParamType;

struct _BfParam
{
  const char *id;
  const char *name;     /* N_(), header capitals */
  BfParamType type;
  double minimum;       /* numbers and integers, inclusive */
  double maximum;
  double fallback;      /* the default; booleans 0 or 1 */
  BfTable table;        /* choices */
  const char *fallback_text;  /* default of a choice (an id) or a text; NULL: the first, "" */
  const char *unit;     /* N_() or NULL */
  gboolean (*check) (const char *text, GError **error);  /* texts: refuses what cannot be; NULL: anything goes */
};

struct _BfKind
{
  const char *id;
  const char *name;       /* N_(), header capitals */
  const char *summary;    /* N_(), one line of why, sentence case */
  const BfParam *params;  /* ended by an id of NULL; may be NULL */
};

const BfKind  *bf_kind_find        (BfTable table, const char *id);
const BfKind  *bf_kind_find_error  (BfTable table, const char *what, const char *id, GError **error);
const BfParam *bf_kind_find_param  (const BfKind *kind, const char *id);
const char    *bf_kind_get_name    (const BfKind *kind);     /* translated */
const char    *bf_kind_get_summary (const BfKind *kind);     /* translated */

BfOptions       *bf_options_new         (const BfKind *kind);
BfOptions       *bf_options_copy        (const BfOptions *self);
void             bf_options_free        (BfOptions *self);
gboolean         bf_options_equal       (const BfOptions *a, const BfOptions *b);
const BfKind    *bf_options_get_kind    (const BfOptions *self);
gboolean         bf_options_is          (const BfOptions *self, const char *kind_id);

/* Reading; asking for a parameter that the kind lacks is a programmer's error. */
double           bf_options_number      (const BfOptions *self, const char *id);
guint            bf_options_integer     (const BfOptions *self, const char *id);
gboolean         bf_options_boolean     (const BfOptions *self, const char *id);
const char      *bf_options_text        (const BfOptions *self, const char *id);
const BfOptions *bf_options_choice      (const BfOptions *self, const char *id);
BfOptions       *bf_options_edit_choice (BfOptions *self, const char *id);

/* Writing; out of range or unknown gives an error and leaves the value. A number also sets
 * integers, booleans (0, 1) and layers. Setting a choice gives it its kind's defaults. */
gboolean bf_options_set_number (BfOptions *self, const char *id, double value, GError **error);
gboolean bf_options_set_text   (BfOptions *self, const char *id, const char *value, GError **error);
gboolean bf_options_set_choice (BfOptions *self, const char *id, const char *kind_id, GError **error);

/* As typed: "0.5", "true", "he-normal". An id that the kind lacks is looked for in its choices, so
 * "kind=adam,beta1=0.8" works. C-locale numbers. */
gboolean bf_options_set_string (BfOptions *self, const char *id, const char *value, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfOptions, bf_options_free)

G_END_DECLS
