/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Something that is asked of a run with its weights as they are, and takes too long for a step or a frame: singular
 * values, the loss around the weights. A kind is a file in examinations/ with one function that computes on a
 * thread of its own, with a network of its own; the run trains on meanwhile, bit for bit as it would.
 *
 * A run has one examination of each kind; it holds the newest result. All of its functions are for the thread that
 * owns the run; what the thread leaves is taken up by that one's main loop, or by bf_examination_wait().
 */
#pragma once

#include "bf-run.h"
#include "../engine/bf-progress.h"

G_BEGIN_DECLS

/* What is examined. Borrowed for the time of the call. */
typedef struct
{
  BfPlan *plan;
  GPtrArray *weights;        /* of BfTensorValues (bf-weights.h) */
  BfDataset *data;
  guint64 step;              /* updates made before */
  const BfOptions *options;  /* of the examination's kind */
  const gboolean *frozen;    /* [plan->n_layers] */
  double rate;               /* the learning rate of the step that comes next */
} BfSubject;

/* Compiles a network of its own with the subject's weights, frozen as they are. Fails when there is no memory for it, or when a weight
 * is not finite. batch: the largest number of samples in a pass. */
BfNetwork *bf_subject_compile (const BfSubject *self, guint batch, GError **error);

typedef struct
{
  BfKind kind;               /* with options, as any kind */
  /* An immutable result, transfer full; NULL with an error. Reports (bf_progress_report()) and gives up when that
   * is FALSE. */
  gpointer (*compute) (const BfSubject *subject, BfProgress *progress, GError **error);
  gpointer (*ref)     (gpointer result);   /* atomic, and its opposite */
  void     (*unref)   (gpointer result);
  /* What options come to, a sentence or two: translated, transfer full. NULL where there are none. */
  char    *(*explain) (const BfOptions *options);
} BfExaminationKind;

const BfKind *const *bf_examinations (void);   /* all of BfExaminationKind */
const BfExaminationKind *bf_examination_find (const char *id);   /* NULL: no such kind */

/* Properties "running", "fraction", "result", "error" (notify only). */
#define BF_TYPE_EXAMINATION (bf_examination_get_type ())
G_DECLARE_FINAL_TYPE (BfExamination, bf_examination, BF, EXAMINATION, GObject)

/* That of a run, made at the first call; belongs to the run, and is cancelled when the run goes. Never NULL. */
BfExamination *bf_examination_of (BfRun *run, const BfExaminationKind *kind);

const BfExaminationKind *bf_examination_get_kind (BfExamination *self);
/* Begins, unless one is under way. options: of its kind, copied; NULL: the defaults. The weights are those between
 * the two steps that come next. The last result stays until there is a new one. */
void          bf_examination_start        (BfExamination *self, const BfOptions *options);
/* Returns at once; what is under way comes to nothing, and that is no error. */
void          bf_examination_cancel       (BfExamination *self);
gboolean      bf_examination_get_running  (BfExamination *self);
double        bf_examination_get_fraction (BfExamination *self);   /* 0 … 1 of the one under way */
gpointer      bf_examination_get_result   (BfExamination *self);   /* borrowed; NULL: none yet */
const BfOptions *bf_examination_get_options (BfExamination *self);  /* that the result was asked with, borrowed; NULL: none yet */
guint64       bf_examination_get_step     (BfExamination *self);   /* of the result: updates made before it */
const GError *bf_examination_get_error    (BfExamination *self);   /* why the last one failed, or NULL */
/* Blocks until the one under way has come. For tests and the command line. */
void          bf_examination_wait         (BfExamination *self);

G_END_DECLS
