/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-cli.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

BfExit
bf_cli_fail (BfExit code, const GError *error)
{
  g_printerr ("backflow-cli: %s\n", error->message);
  return code;
}

gboolean
bf_cli_parse (const char *parameters, const char *summary, const GOptionEntry *entries,
              int *argc, char ***argv, BfExit *code)
{
  g_autofree char *title = g_strdup_printf ("backflow-cli %s", (*argv)[0]);
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  g_autoptr (GError) error = NULL;
  gboolean help = FALSE;
  const GOptionEntry help_entry[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &help, N_("Show this help"), NULL },
    { NULL }
  };

  /* GOption's own --help would exit the program with code 0 from within; ours returns. */
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, summary);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, help_entry, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      *code = bf_cli_fail (BF_EXIT_USAGE, error);
      return FALSE;
    }
  if (help)
    {
      g_autofree char *text = NULL;

      g_set_prgname (title);
      text = g_option_context_get_help (context, TRUE, NULL);
      g_print ("%s", text);
      *code = BF_EXIT_DONE;
      return FALSE;
    }
  return TRUE;
}

gboolean
bf_cli_check_numbers (const BfCliNumber *numbers, guint n_numbers, GError **error)
{
  for (guint i = 0; i < n_numbers; i++)
    if (numbers[i].value != -1 && (numbers[i].value < numbers[i].minimum || numbers[i].value > numbers[i].maximum))
      {
        g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("%s must lie between %d and %lld."), numbers[i].name,
                     (int) numbers[i].minimum, (long long) numbers[i].maximum);
        return FALSE;
      }
  return TRUE;
}

void
bf_cli_warn (char **warnings)
{
  for (guint i = 0; warnings && warnings[i]; i++)
    g_printerr ("backflow-cli: %s\n", warnings[i]);
}

static gboolean interrupted;

static gboolean
on_interrupt (gpointer data)
{
  interrupted = TRUE;
  return G_SOURCE_CONTINUE;
}

void
bf_cli_watch_interrupt (void)
{
  g_unix_signal_add (SIGINT, on_interrupt, NULL);
  g_unix_signal_add (SIGTERM, on_interrupt, NULL);
}

gboolean
bf_cli_is_interrupted (void)
{
  return interrupted;
}

const char *
bf_cli_draw_bar (double share, char bar[BF_CLI_BAR_LENGTH + 1])
{
  for (int i = 0; i < BF_CLI_BAR_LENGTH; i++)
    bar[i] = i < (int) (BF_CLI_BAR_LENGTH * share) ? '#' : '.';
  bar[BF_CLI_BAR_LENGTH] = '\0';
  return bar;
}
