/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A study: experiments (rows) × seeds × epochs, to be compared in one table. Immutable once
 * shared. `.study` files are JSON; the schema is documented in data/studies/README.md.
 */
#pragma once

#include "../engine/bf-spec.h"

G_BEGIN_DECLS

#define BF_STUDY_MAX_ROWS  1000
#define BF_STUDY_MAX_SEEDS 1000

typedef struct
{
  char *id;                          /* unique in the study */
  char *label;                       /* as the table shows it */
  char *note;                        /* why ours differs from what was published, or "" */
  BfSpec *base;                      /* with its remedies; seed and epochs are the experiment's own */
  double published_test_accuracy;    /* 0 … 1; NaN: none */
  double published_train_loss;       /* NaN: none */
} BfStudyRow;

typedef struct
{
  gatomicrefcount references;
  char *id;          /* the ready-made study's, else the name */
  char *name;
  char *summary;     /* one sentence, or "" */
  guint seeds;       /* how many: each experiment's own and those after it */
  guint epochs;      /* 0: each experiment's own */
  GPtrArray *rows;   /* of BfStudyRow, owned */
} BfStudy;

BfStudy *bf_study_new   (const char *id, const char *name);   /* one seed, no rows */
BfStudy *bf_study_ref   (BfStudy *self);
void     bf_study_unref (BfStudy *self);

/* A row without published numbers, to be completed before the study is shared; base is reffed. */
BfStudyRow *bf_study_add_row (BfStudy *self, const char *id, const char *label, BfSpec *base);

/* What a run of a row trains: seed `which` (from 0), epochs (of each stage where there are any; 0: as the row has
 * them), remedies applied. */
BfSpec  *bf_study_row_make_spec (const BfStudyRow *self, guint which, guint epochs);

/* warnings: as for bf_file_parse(). folder: where paths of experiments start; NULL: the working folder. */
BfStudy *bf_study_parse (const char *text, gssize length, const char *name, const char *folder,
                         GStrv *warnings, GError **error);
/* The text of a .study file; parsed again it is the same study. Transfer full. Needs a row. */
char    *bf_study_print (BfStudy *self);
gboolean bf_study_save  (BfStudy *self, const char *path, GError **error);

/* How long a run takes beside others, as far as it can be told before data is read: layers × epochs, of all stages. */
double   bf_study_estimate_work (const BfSpec *spec);

/* A file's path, or the name of a ready-made study. */
BfStudy *bf_study_load_any (const char *what, GStrv *warnings, GError **error);
/* Ids of the ready-made studies, in order (transfer full). */
GStrv    bf_studies_list (GError **error);

/* The family of a row's first remedy; without any, of what sets its network apart from the first row's;
 * "baseline" where nothing does. */
const char *bf_study_get_family (BfStudy *study, guint row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfStudy, bf_study_unref)

G_END_DECLS
