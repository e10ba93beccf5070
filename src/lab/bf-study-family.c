/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The family of a study's row, by which figures choose its color and mark.
 */
#include "bf-study.h"

#include <string.h>

#include "bf-remedy.h"

static const char *
get_remedy_family (const BfSpec *spec)
{
  for (guint i = 0; i < spec->remedies->len; i++)
    {
      const BfRemedySetting *setting = spec->remedies->pdata[i];

      if (setting->on)
        return ((const BfRemedy *) bf_options_get_kind (setting->options))->family;
    }
  return NULL;
}

/* The first layer of a kind (or of one whose id ends so), or NULL. */
static const BfLayer *
find_layer (const BfSpec *spec, const char *ending)
{
  for (guint b = 0; b < spec->blocks->len; b++)
    {
      const BfBlock *block = spec->blocks->pdata[b];

      for (guint i = 0; i < block->layers->len; i++)
        {
          const BfLayer *layer = block->layers->pdata[i];

          if (g_str_has_suffix (bf_options_get_kind (layer->options)->id, ending))
            return layer;
        }
    }
  return NULL;
}

/* Whether a choice of the first layer of a kind is another in the two. */
static gboolean
choice_differs (const BfSpec *a, const BfSpec *b, const char *kind, const char *choice)
{
  const BfLayer *first = find_layer (a, kind), *second = find_layer (b, kind);

  return first && second
         && !bf_options_equal (bf_options_choice (first->options, choice), bf_options_choice (second->options, choice));
}

const char *
bf_study_get_family (BfStudy *study, guint row)
{
  const BfSpec *base = ((BfStudyRow *) study->rows->pdata[0])->base, *spec = ((BfStudyRow *) study->rows->pdata[row])->base;
  const char *family = get_remedy_family (spec);

  if (family)
    return family;
  if (!bf_options_equal (spec->clipping, base->clipping))
    return "gradient norm, clipping";
  if (!find_layer (spec, "-norm") != !find_layer (base, "-norm"))
    return "normalization";
  if (choice_differs (spec, base, "activation", "function"))
    return "activation";
  if (choice_differs (spec, base, "dense", "start"))
    return "starting weights";
  return bf_options_equal (spec->optimizer, base->optimizer) ? "baseline" : "optimizer, rate";
}
