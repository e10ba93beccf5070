/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-finding-title.h"

const BfFinding *
bf_finding_find_for_figure (GPtrArray *findings, const BfFigure *figure, const BfFigureData *data)
{
  static const char *const figures[] = { "heatmap", "ridgelines", "depth", "profile", "flow", NULL };

  if (data->n_runs != 1 || data->value || !g_strv_contains (figures, figure->kind.id)
      || (data->tensor != BF_TENSOR_WEIGHT_GRADIENT && data->tensor != BF_TENSOR_OUTPUT_GRADIENT))
    return NULL;
  for (guint i = 0; i < findings->len; i++)
    {
      const BfFinding *finding = findings->pdata[i];

      if ((g_str_equal (finding->id, "vanishing-gradient") || g_str_equal (finding->id, "exploding-gradient"))
          && (!data->show_cursor || data->cursor.step >= finding->since))
        return finding;
    }
  return NULL;
}
