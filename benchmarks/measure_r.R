# The same means and standard errors by R survey. Started by measure.py; prints one line of JSON.
#   Rscript measure_r.R ROWS.csv RESULT.csv {clustered|rows} {each|together|covariance} RUNS BUDGET
# each: one svyby a score with na.rm=TRUE, as missing answers ask for; together: one svyby of all scores (complete answers);
# covariance: the same with covmat=TRUE, and RESULT.csv is the covariance matrix. Reading and svydesign are not timed.

suppressPackageStartupMessages(library(survey))
asked <- commandArgs(trailingOnly = TRUE)
how <- asked[4]
runs <- as.integer(asked[5])
budget <- as.numeric(asked[6])

rows <- if (requireNamespace("data.table", quietly = TRUE)) {
  data.table::fread(asked[1], data.table = FALSE, na.strings = "")
} else {
  read.csv(asked[1], na.strings = "")
}
scores <- paste0("s", 0:4)
design <- if (asked[3] == "clustered") {
  svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = rows)
} else {
  svydesign(ids = ~1, weights = ~weight, data = rows)
}
rm(rows)

kilobytes <- function(name) {
  found <- grep(paste0("^", name, ":"), readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", found))
}
linux <- file.exists("/proc/self/clear_refs")

statistic <- function() {
  if (how == "each") {
    return(lapply(scores, function(s) svyby(reformulate(s), ~g, design, svymean, na.rm = TRUE)))
  }
  svyby(reformulate(scores), ~g, design, svymean, covmat = how == "covariance")
}

invisible(gc())
if (linux) cat("5", file = "/proc/self/clear_refs")
before <- if (linux) kilobytes("VmRSS") else NA
seconds <- system.time(result <- statistic())[["elapsed"]]
peak <- if (linux) (kilobytes("VmHWM") - before) / 1024 else NA
if (seconds < budget) {
  first <- seconds
  seconds <- numeric()
  while (length(seconds) < runs && first + sum(seconds) < budget) {
    seconds <- c(seconds, system.time(statistic())[["elapsed"]])
  }
}

if (how == "each") {
  estimates <- sapply(result, coef)
  errors <- sapply(result, SE)
} else {
  estimates <- as.matrix(as.data.frame(result)[scores])
  errors <- as.matrix(as.data.frame(result)[paste0("se.", scores)])
}
write.table(format(rbind(estimates, errors), digits = 17), asked[2], sep = ",", quote = FALSE, row.names = FALSE, col.names = FALSE)
if (how == "covariance") {
  groups <- rownames(result)
  labels <- paste0(rep(groups, length(scores)), ":", rep(scores, each = length(groups)))  # scores, within them groups
  v <- vcov(result)
  write.table(format(v[labels, labels], digits = 17), paste0(asked[2], ".vcov"), sep = ",", quote = FALSE, row.names = FALSE,
              col.names = FALSE)
}
cat(sprintf('{"seconds": [%s], "megabytes": %s}\n', paste(seconds, collapse = ", "),
            if (is.na(peak)) "null" else format(peak, scientific = FALSE)))
