/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-family.h"

#include "../lab/bf-remedy.h"

/* The remedies' families in the words of their table, in the order of BfFamily. */
static const char *const family_ids[BF_N_FAMILIES] = {
  "baseline", "activation", "normalization", "skip connections",
  "starting weights", "optimizer, rate", "fine-tuning", "gradient norm, clipping",
};

BfFamily
bf_family_from_id (const char *id)
{
  for (guint i = 0; id && i < BF_N_FAMILIES; i++)
    if (g_str_equal (id, family_ids[i]))
      return (BfFamily) i;
  return BF_FAMILY_BASELINE;
}

BfFamily
bf_family_from_spec (const BfSpec *base)
{
  for (guint i = 0; i < base->remedies->len; i++)
    {
      const BfRemedySetting *setting = base->remedies->pdata[i];

      if (setting->on)
        return bf_family_from_id (((const BfRemedy *) bf_options_get_kind (setting->options))->family);
    }
  return BF_FAMILY_BASELINE;
}
