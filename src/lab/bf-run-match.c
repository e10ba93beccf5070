/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Whether two runs set out from the same place. A layer's starting weights are drawn from the seed,
 * its permanent id and its copy, so a layer that both runs have starts equal whatever stands around
 * it; what step 0 measured shows whether it did.
 */
#include "bf-spec-diff.h"

#include <glib/gi18n-lib.h>

static gboolean
is_same_value (float a, float b)
{
  return a == b || (a != a && b != b);
}

/* Any other draw would give other extremes and another spread. */
static gboolean
is_same_start (const BfStats *a, const BfStats *b)
{
  return a->size > 0 && a->size == b->size && is_same_value (a->rms, b->rms) && is_same_value (a->mean, b->mean)
         && is_same_value (a->minimum, b->minimum) && is_same_value (a->maximum, b->maximum)
         && is_same_value (a->log_norm, b->log_norm);
}

static int
find_same (const BfPlan *plan, const BfPlanLayer *wanted)
{
  for (guint w = 0; w < plan->n_weighted; w++)
    {
      const BfPlanLayer *layer = &plan->layers[plan->weighted[w]];

      if (layer->layer->id == wanted->layer->id && layer->copy == wanted->copy)
        return (int) plan->weighted[w];
    }
  return -1;
}

void
bf_run_match_init (BfRunMatch *self, const BfSnapshot *a, const BfSnapshot *b)
{
  const BfSpec *x = a->plan->spec, *y = b->plan->spec;

  *self = (BfRunMatch) { .same_seed = x->seed == y->seed };
  for (guint w = 0; w < a->plan->n_weighted; w++)
    {
      guint own = a->plan->weighted[w];
      int same = find_same (b->plan, &a->plan->layers[own]);

      if (same < 0)
        {
          self->only[0]++;
          continue;
        }
      self->shared++;
      self->same_start += is_same_start (&a->start->layers[own].tensors[BF_TENSOR_WEIGHT],
                                         &b->start->layers[same].tensors[BF_TENSOR_WEIGHT]);
    }
  self->only[1] = b->plan->n_weighted - self->shared;
  self->same_batches = self->same_seed && x->batch == y->batch && x->validation_share == y->validation_share
                       && bf_options_equal (x->data, y->data) && a->steps_per_epoch == b->steps_per_epoch;
}

static char *
describe_start (const BfRunMatch *self)
{
  if (self->shared == 0)
    return g_strdup (_("No layer is in both runs."));
  if (self->same_start == self->shared)
    return self->only[0] + self->only[1] == 0
             ? g_strdup (_("Every layer starts with the same weights."))
             : g_strdup_printf (ngettext ("The %u layer that both have starts with the same weights.",
                                          "The %u layers that both have start with the same weights.", self->shared),
                                self->shared);
  if (self->same_start == 0)
    return g_strdup (_("The starting weights differ."));
  return g_strdup_printf (ngettext ("%u of %u layer that both have starts with the same weights.",
                                    "%u of %u layers that both have start with the same weights.", self->shared),
                          self->same_start, self->shared);
}

static const char *
describe_batches (const BfRunMatch *self, const BfSpec *a, const BfSpec *b)
{
  if (self->same_batches && a->scaling == b->scaling)
    return _("Both see the same batches.");
  if (self->same_batches)
    return _("Both see the same samples in the same order, scaled differently.");
  if (!bf_options_equal (a->data, b->data))
    return _("They are trained on different data.");
  if (a->batch != b->batch)
    return _("Their batches are of different sizes.");
  if (!self->same_seed)
    return _("The samples come in another order, as the seeds differ.");
  return _("They see different batches.");
}

char *
bf_run_match_describe (const BfRunMatch *self, const BfSnapshot *a, const BfSnapshot *b)
{
  g_autofree char *start = describe_start (self);
  const char *batches = describe_batches (self, a->plan->spec, b->plan->spec);

  if (self->same_seed)
    /* Translators: seed, a sentence on the starting weights, a sentence on the batches. */
    return g_strdup_printf (_("Same seed, %" G_GUINT64_FORMAT ". %s %s"), a->plan->spec->seed, start, batches);
  return g_strdup_printf (_("Different seeds, %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT ". %s %s"),
                          a->plan->spec->seed, b->plan->spec->seed, start, batches);
}
