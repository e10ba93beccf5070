/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BF_TYPE_APPLICATION (bf_application_get_type ())
G_DECLARE_FINAL_TYPE (BfApplication, bf_application, BF, APPLICATION, AdwApplication)

/* Tests add G_APPLICATION_NON_UNIQUE. Files are opened whatever the flags say. */
BfApplication *bf_application_new (GApplicationFlags flags);

G_END_DECLS
