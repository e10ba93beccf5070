/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Members of the one object that --json prints. Numbers that are not finite and texts that are missing
 * are null.
 */
#pragma once

#include <json-glib/json-glib.h>

void  bf_json_add_number (JsonBuilder *builder, const char *name, double value);
void  bf_json_add_count  (JsonBuilder *builder, const char *name, guint64 value);
void  bf_json_add_text   (JsonBuilder *builder, const char *name, const char *value);
