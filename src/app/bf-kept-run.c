/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-kept-run.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "../engine/bf-format.h"
#include "../lab/bf-run-export.h"

struct _BfKeptRun
{
  GObject parent_instance;

  BfNotebookEntry *entry;
  gboolean renaming;
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BfKeptRun, bf_kept_run, G_TYPE_OBJECT)

static void
kept_run_finalize (GObject *object)
{
  bf_notebook_entry_free (BF_KEPT_RUN (object)->entry);
  G_OBJECT_CLASS (bf_kept_run_parent_class)->finalize (object);
}

static void
bf_kept_run_class_init (BfKeptRunClass *class)
{
  G_OBJECT_CLASS (class)->finalize = kept_run_finalize;
  signals[CHANGED] = g_signal_new ("changed", BF_TYPE_KEPT_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bf_kept_run_init (BfKeptRun *self)
{
}

BfKeptRun *
bf_kept_run_new (BfNotebookEntry *entry)
{
  BfKeptRun *self = g_object_new (BF_TYPE_KEPT_RUN, NULL);

  self->entry = entry;
  return self;
}

const BfNotebookEntry *
bf_kept_run_get_entry (BfKeptRun *self)
{
  return self->entry;
}

void
bf_kept_run_set_name (BfKeptRun  *self,
                      const char *name)
{
  g_free (self->entry->name);
  self->entry->name = g_strdup (name);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
bf_kept_run_set_star (BfKeptRun *self,
                      gboolean   star)
{
  self->entry->star = star;
  g_signal_emit (self, signals[CHANGED], 0);
}

void
bf_kept_run_set_renaming (BfKeptRun *self,
                          gboolean   renaming)
{
  if (self->renaming == renaming)
    return;
  self->renaming = renaming;
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
bf_kept_run_get_renaming (BfKeptRun *self)
{
  return self->renaming;
}

/* In words */

static const struct
{
  const char *state;
  const char *word;
} states[] = {
  { "training", N_("training") },
  { "paused", N_("paused") },
  { "finished", N_("finished") },
  { "diverged", N_("diverged") },
};

static const char *
get_word (const char *state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (states[i].state, state))
      return _(states[i].word);
  return state;
}

static char *
describe_length (const BfNotebookEntry *entry)
{
  g_autofree char *steps = bf_format_count (entry->steps);

  if (entry->epochs > 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u epoch", "%u epochs", entry->epochs), entry->epochs);
  return g_strdup_printf (_("step %s"), steps);
}

char *
bf_kept_run_describe (const BfNotebookEntry *entry)
{
  g_autofree char *length = describe_length (entry), *study = NULL;

  if (entry->study_name)
    /* Translators: a study's name, how far the run came, whether it is finished */
    return g_strdup_printf (_("study “%s”, %s, %s"), entry->study_name, length, get_word (entry->state));
  /* Translators: the experiment, what was on in the run, how far it came, whether it is finished */
  return g_strdup_printf (_("%s, %s, %s, %s"), *entry->experiment ? entry->experiment : _("Untitled"),
                          *entry->remedies ? entry->remedies : _("no remedy"), length, get_word (entry->state));
}

gboolean
bf_kept_run_matches (BfKeptRun  *self,
                     const char *words)
{
  g_autofree char *remark = bf_kept_run_describe (self->entry);
  g_autofree char *all = g_strjoin (" ", self->entry->name, remark, self->entry->experiment, NULL);
  g_autofree char *folded = g_utf8_casefold (all, -1), *wanted = g_utf8_casefold (words, -1);
  g_auto (GStrv) parts = g_strsplit (wanted, " ", -1);

  for (char **part = parts; *part; part++)
    if (strstr (folded, *part) == NULL)
      return FALSE;
  return TRUE;
}

static void
append (GMenu      *menu,
        const char *label,
        const char *action,
        GVariant   *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, target);
  g_menu_append_item (menu, item);
}

GMenuModel *
bf_kept_run_make_menu (const char *uuid,
                       const char *rename,
                       const char *remove,
                       GVariant   *target,
                       gboolean    open)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (target);
  g_autoptr (GMenu) files = g_menu_new ();
  GMenu *menu = g_menu_new ();

  for (const BfRunExport *one = bf_run_exports (); uuid && one->id; one++)
    append (files, _(one->label), "kept.export", g_variant_new ("(ss)", uuid, one->id));
  if (open)
    {
      append (menu, _("_Open"), "kept.open", g_variant_new_string (uuid));
      append (menu, _("Show _Beside"), "kept.beside", g_variant_new_string (uuid));
    }
  append (menu, _("_Rename"), rename, owned);
  if (uuid)
    g_menu_append_submenu (menu, _("_Save"), G_MENU_MODEL (files));
  append (menu, _("_Delete"), remove, owned);
  return G_MENU_MODEL (menu);
}
