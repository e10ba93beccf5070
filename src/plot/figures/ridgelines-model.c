/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * From recorded histograms to ridges, rows of CSV, and sentences.
 */
#include "ridgelines-private.h"

#include "../../engine/bf-format.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

const BfHistogram *
bf_ridge_find (const BfSnapshot *snapshot, const BfFrame *frame, guint w, BfTensor tensor)
{
  const BfPlan *plan = snapshot->plan;
  gboolean output = tensor == BF_TENSOR_OUTPUT || tensor == BF_TENSOR_OUTPUT_GRADIENT;
  guint layer = output ? bf_plan_get_stage_end (plan, w) : plan->weighted[w];

  if (!frame || layer >= frame->n_layers)
    return NULL;
  return frame->histograms[(gsize) layer * BF_N_TENSORS + tensor];
}

static void
smooth (BfRidge *self, const BfHistogram *histogram)
{
  static const double kernel[] = { 1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0 };

  for (int bin = 0; bin < BF_HISTOGRAM_BINS; bin++)
    {
      double sum = 0;

      for (int k = -2; k <= 2; k++)
        if (bin + k >= 0 && bin + k < BF_HISTOGRAM_BINS)
          sum += kernel[k + 2] * histogram->bins[bin + k];
      self->shares[bin] = sum / histogram->total;
      if (sum > 0)
        {
          self->first = MIN (self->first, bin);
          self->last = bin;
        }
    }
}

void
bf_ridge_init (BfRidge *self, const BfHistogram *histogram)
{
  double total, median;

  *self = (BfRidge) { .median = NAN, .first = BF_HISTOGRAM_BINS, .last = -1 };
  if (!histogram || histogram->total == 0)
    return;
  self->present = TRUE;
  total = histogram->total;
  self->zero = histogram->zero / total;
  self->broken = ((double) histogram->infinite + histogram->nan) / total;
  self->under = histogram->under / total;
  self->over = histogram->over / total;
  smooth (self, histogram);
  median = bf_histogram_get_quantile (histogram, 0.5);
  if (median > 0 && isfinite (median) && self->zero + self->under < 0.5 && self->over + self->broken < 0.5)
    self->median = log10 (median);
}

char *
bf_ridge_format_median (const BfRidge *self)
{
  g_autofree char *power = bf_format_power ((int) BF_HISTOGRAM_LOW);

  if (!self->present)
    return g_strdup ("–");
  if (!isnan (self->median))
    return bf_format_value (pow (10, self->median));
  if (self->zero >= 0.5)
    return g_strdup ("0");
  /* Translators: smaller than a power of ten. */
  return self->zero + self->under >= 0.5 ? g_strdup_printf (_("< %s"), power) : bf_format_value (NAN);
}

double
bf_ridge_get_peak (const BfRidge *self)
{
  double peak = 0;

  for (int bin = self->first; bin <= self->last; bin++)
    peak = MAX (peak, self->shares[bin]);
  return peak;
}

double
bf_ridge_get_mode (const BfRidge *self)
{
  int mode = -1;

  for (int bin = self->first; bin <= self->last; bin++)
    if (mode < 0 || self->shares[bin] > self->shares[mode])
      mode = bin;
  return mode < 0 ? NAN : BF_HISTOGRAM_LOW + (mode + 0.5) * BF_HISTOGRAM_STEP;
}

static const struct { const char *quantity; gboolean gradient; } tensors[BF_N_TENSORS] = {
  [BF_TENSOR_WEIGHT]          = { N_("one weight |w|"), FALSE },
  [BF_TENSOR_WEIGHT_GRADIENT] = { N_("gradient of one weight |∂L/∂w|"), TRUE },
  [BF_TENSOR_BIAS]            = { N_("one bias |b|"), FALSE },
  [BF_TENSOR_BIAS_GRADIENT]   = { N_("gradient of one bias |∂L/∂b|"), TRUE },
  [BF_TENSOR_OUTPUT]          = { N_("one output |h|"), FALSE },
  [BF_TENSOR_OUTPUT_GRADIENT] = { N_("gradient at one output |∂L/∂h|"), TRUE },
};

const char *
bf_ridge_quantity (BfTensor tensor)
{
  return tensor < BF_N_TENSORS ? _(tensors[tensor].quantity) : "";
}

gboolean
bf_ridge_is_gradient (BfTensor tensor)
{
  return tensor < BF_N_TENSORS && tensors[tensor].gradient;
}

static void
append_bin (GString *out, const char *head, const char *bin, double low, guint32 count, guint32 total)
{
  g_string_append_printf (out, "%s,%s", head, bin);
  if (isfinite (low))
    {
      bf_csv_number (out, low, FALSE);
      bf_csv_number (out, low + BF_HISTOGRAM_STEP, FALSE);
    }
  else
    g_string_append (out, ",,");
  g_string_append_printf (out, ",%u", count);
  bf_csv_number (out, (double) count / total, FALSE);
  g_string_append_c (out, '\n');
}

static void
append_histogram (GString *out, const char *head, const BfHistogram *histogram)
{
  const struct { const char *name; guint32 count; } others[] = {
    { "zero", histogram->zero }, { "under", histogram->under }, { "over", histogram->over },
    { "infinite", histogram->infinite }, { "nan", histogram->nan },
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    append_bin (out, head, others[i].name, NAN, others[i].count, histogram->total);
  for (guint bin = 0; bin < BF_HISTOGRAM_BINS; bin++)
    if (histogram->bins[bin] > 0)
      append_bin (out, head, "bin", BF_HISTOGRAM_LOW + bin * BF_HISTOGRAM_STEP, histogram->bins[bin], histogram->total);
}

/* A row a layer and bin that holds something, bounds in log10; five rows a layer for what lies in none. */
void
bf_ridges_csv_layers (GString *out, const BfFigureData *data, guint first, guint end)
{
  g_string_append (out, "run,step,layer,name,bin,log10_low,log10_high,count,share\n");
  for (guint i = 0; i < data->n_runs + (data->pinned != NULL); i++)
    {
      /* The moment that is pinned comes last: of the first run. */
      const guint run = i < data->n_runs ? i : 0;
      const BfSnapshot *snapshot = data->runs[run].snapshot;
      const BfFrame *frame = bf_snapshot_get_frame (snapshot, i < data->n_runs ? bf_figure_data_get_step (data, run) : *data->pinned);

      for (guint w = first; w < MIN (end, snapshot->plan->n_weighted); w++)
        {
          const BfHistogram *histogram = bf_ridge_find (snapshot, frame, w, data->tensor);
          g_autoptr (GString) head = g_string_new (NULL);

          if (!histogram || histogram->total == 0)
            continue;
          bf_csv_text (head, data->runs[run].label ? data->runs[run].label : "", TRUE);
          g_string_append_printf (head, ",%" G_GUINT64_FORMAT ",%u", frame->step, w + 1);
          bf_csv_text (head, bf_layer_name (snapshot->plan, w), FALSE);
          append_histogram (out, head->str, histogram);
        }
    }
}

void
bf_ridges_csv (GString *out, const BfFigureData *data)
{
  bf_ridges_csv_layers (out, data, 0, G_MAXUINT);
}

static void
describe_run (GString *out, const BfFigureData *data, guint run, guint64 step)
{
  const BfSnapshot *snapshot = data->runs[run].snapshot;
  const BfFrame *frame = bf_snapshot_get_frame (snapshot, step);
  guint n = snapshot->plan->n_weighted;
  double zero = 0, broken = 0;
  g_autofree char *first = NULL, *last = NULL;

  for (guint w = 0; w < n; w++)
    {
      const BfHistogram *histogram = bf_ridge_find (snapshot, frame, w, data->tensor);
      BfRidge ridge;

      bf_ridge_init (&ridge, histogram);
      zero = MAX (zero, ridge.zero);
      broken = MAX (broken, ridge.broken);
      if (w == 0)
        first = bf_ridge_format_median (&ridge);
      else if (w + 1 == n)
        last = bf_ridge_format_median (&ridge);
    }
  if (data->n_runs > 1 && data->runs[run].label)
    g_string_append_printf (out, " %s:", data->runs[run].label);
  g_string_append_printf (out, _(" Median in %s: %s"), bf_layer_name (snapshot->plan, 0), first);
  if (n > 1)
    g_string_append_printf (out, _("; in %s: %s"), bf_layer_name (snapshot->plan, n - 1), last);
  g_string_append_c (out, '.');
  if (zero > 0 || broken > 0)
    {
      g_autofree char *zeros = bf_format_percent (zero), *others = bf_format_percent (broken);
      g_string_append_printf (out, _(" Exactly zero: up to %s; not finite: up to %s."), zeros, others);
    }
}

char *
bf_ridges_describe (const BfFigureData *data)
{
  guint n = data->runs[0].snapshot->plan->n_weighted;
  const BfFrame *frame = bf_snapshot_get_frame (data->runs[0].snapshot, bf_figure_data_get_step (data, 0));
  g_autofree char *step = bf_format_count (frame ? frame->step : 0);
  GString *out = g_string_new (NULL);

  if (n == 0 || !frame)
    return g_string_free (g_string_append (out, _("No distribution was recorded.")), FALSE);
  /* Translators: quantity ("gradient of one weight |∂L/∂w|"), number of layers, step. */
  g_string_append_printf (out, ngettext ("Distribution of the %s in %u layer, step %s.",
                                         "Distribution of the %s in %u layers, step %s.", n),
                          bf_ridge_quantity (data->tensor), n, step);
  for (guint run = 0; run < data->n_runs; run++)
    if (data->runs[run].snapshot->plan->n_weighted > 0)
      describe_run (out, data, run, bf_figure_data_get_step (data, run));
  if (data->pinned)
    {
      const BfFrame *pinned = bf_snapshot_get_frame (data->runs[0].snapshot, *data->pinned);
      g_autofree char *count = bf_format_count (pinned->step);

      /* Translators: a sentence that another moment of the run follows: "At step 1,200, pinned:" */
      g_string_append_printf (out, _(" At step %s, pinned:"), count);
      describe_run (out, data, 0, *data->pinned);
    }
  return g_string_free (out, FALSE);
}
