# The change of CSAT by R survey. Started by peers.py; prints one line of JSON.
#   Rscript peers_r.R ROWS.csv NOW BEFORE

suppressPackageStartupMessages(library(survey))
asked <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(asked[1])
design <- svydesign(ids = ~branch, strata = ~region, weights = ~weight, data = rows)
answered <- subset(design, !is.na(csat))  # svyby stops at na.rm = TRUE with covmat = TRUE
quarters <- svyby(~csat, ~quarter, answered, svymean, covmat = TRUE)
change <- svycontrast(quarters, setNames(c(1, -1), asked[2:3]))
df <- degf(subset(answered, quarter %in% asked[2:3]))
interval <- confint(change, df = df)
p <- 2 * pt(-abs(coef(change) / SE(change)), df)
cat(sprintf('{"version": "%s, R %s", "answers": [{"estimate": %.15g, "std_error": %.15g, "conf_low": %.15g, "conf_high": %.15g, "p_value": %.15g}]}\n',
            packageVersion("survey"), getRversion(), coef(change), SE(change), interval[1], interval[2], p))
