// SPDX-License-Identifier: Apache-2.0
/** Reports for a browser: one HTML file that needs nothing beside it. */
package dev.octet.toolkit.report;
