/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * “Copy as Code”: the experiment with its remedies as a script of another framework.
 */
#include <glib/gi18n-lib.h>

#include "bf-window-private.h"
#include "../lab/bf-code.h"

/* The data of the experiment as it stands: that of its current run, unless another is on its way. */
static BfDataset *
find_data (BfWindow *self)
{
  BfSessionRun *run = bf_session_get_current (self->session);
  BfSpec *effective = bf_experiment_get_effective (bf_session_get_experiment (self->session));
  BfSpec *trained = run ? bf_run_get_spec (run->run) : NULL;

  return trained && bf_options_equal (trained->data, effective->data) && trained->scaling == effective->scaling
           ? bf_run_get_dataset (run->run) : NULL;
}

static void
on_copy_code (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       data)
{
  BfWindow *self = data;
  const BfKind *framework = bf_kind_find (bf_code_frameworks, g_variant_get_string (parameter, NULL));
  BfPlan *plan = bf_session_get_plan (self->session);
  BfDataset *dataset = find_data (self);
  g_autofree char *script = NULL, *text = NULL;

  if (framework == NULL)
    return;
  if (plan->error || dataset == NULL)
    {
      bf_window_toast (self, plan->error ? _("The network cannot be built yet: its list says why")
                                         : _("The data is not loaded yet: try again in a moment"), FALSE);
      return;
    }
  script = bf_code_print (framework, &(BfCodeOptions) { .plan = plan, .data = dataset });
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), script);
  /* Translators: %s is a framework: PyTorch, Keras */
  text = g_strdup_printf (_("Copied as a %s script"), bf_kind_get_name (framework));
  bf_window_toast (self, text, FALSE);
}

static const GActionEntry actions[] = {
  { "copy-code", on_copy_code, "s" },
};

void
bf_window_init_code (BfWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (const BfKind *const *framework = bf_code_frameworks (); *framework; framework++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (bf_kind_get_name (*framework), NULL);

      g_menu_item_set_action_and_target (item, "win.copy-code", "s", (*framework)->id);
      g_menu_append_item (self->code_menu, item);
    }
}
