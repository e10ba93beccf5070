/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What a run leaves in a folder: its figures with their numbers, its result and its experiment; and its report.
 */
#pragma once

#include "bf-cli.h"
#include "../lab/bf-run.h"
#include "../plot/bf-export.h"

G_BEGIN_DECLS

typedef struct
{
  char *folder;      /* to write to, or NULL: nothing is written */
  char **figures;    /* ids; NULL: all that apply */
  char *format;      /* id of a BfFormat, or NULL */
  char *report;      /* PDF to write, or NULL */
  char *loss_axis;   /* id of a BfAxis, or NULL */
  char **examinations;   /* "landscape:points=20", each with its figure; or NULL */
  gboolean examine;  /* also the figures of what takes a while to find out */
} BfCliResults;

/* A row of a GOptionEntry array … */
#define BF_CLI_LOSS_AXIS_ENTRY(id) \
  { "loss-axis", 0, 0, G_OPTION_ARG_STRING, id, \
    N_("Axis of losses: automatic (decades where they span many), linear or logarithmic"), N_("AXIS") }

/* … and more of them. */
#define BF_CLI_RESULTS_ENTRIES(results) \
  { "out", 0, 0, G_OPTION_ARG_FILENAME, &(results)->folder, \
    N_("Write figures, their CSV, the result and the experiment there"), N_("DIR") }, \
  { "figure", 0, 0, G_OPTION_ARG_STRING_ARRAY, &(results)->figures, N_("Only this figure; may be repeated"), N_("KIND") }, \
  { "examine", 0, 0, G_OPTION_ARG_NONE, &(results)->examine, \
    N_("Also figures that take a while: singular values of the Jacobians, the loss around the weights"), NULL }, \
  { "examination", 0, 0, G_OPTION_ARG_STRING_ARRAY, &(results)->examinations, \
    N_("One of these with options, as landscape:points=20,reach=0.5; may be repeated"), N_("KIND[:NAME=VALUE,…]") }, \
  { "format", 0, 0, G_OPTION_ARG_STRING, &(results)->format, N_("png, svg or pdf"), N_("FORMAT") }, \
  BF_CLI_LOSS_AXIS_ENTRY (&(results)->loss_axis), \
  { "report", 0, 0, G_OPTION_ARG_FILENAME, &(results)->report, \
    N_("Write a report there: settings, numbers, findings, figures"), N_("FILE.pdf") }

void     bf_cli_results_clear (BfCliResults *self);

/* Whether figures and format are known, before anything is trained. */
gboolean bf_cli_results_check (const BfCliResults *self, GError **error);

/* Whether this is the id of a BfAxis, or NULL. */
gboolean bf_cli_check_loss_axis (const char *id, GError **error);

/* What was asked for. base: the experiment that the files carry. name: what result.json calls it. */
gboolean bf_cli_results_write (const BfCliResults *self, BfRun *run, BfSpec *base, const char *name, GError **error);

/* Makes a folder and those above it. */
gboolean bf_cli_make_folder   (const char *folder, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BfCliResults, bf_cli_results_clear)

G_END_DECLS
