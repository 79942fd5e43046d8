# Curves of first-contact resolution: survfit() of survival (Kaplan and Meier, infinitesimal jackknife with customers as clusters), on the
# sample's log in whole days, so that no one's watch ends within a bin.
source("tests/reference/helpers.R")
suppressMessages(library(survival))
d <- read.csv("data/sample/contacts.csv.gz", stringsAsFactors = FALSE, na.strings = c("", "NA"))
d <- d[!is.na(d$customer), ]
d$day <- as.numeric(as.Date(substr(d$time, 1, 10)))
d <- unique(d[, c("customer", "day", "channel")])
d <- d[order(d$customer, d$day, d$channel), ]
again <- c(FALSE, d$customer[-1] == d$customer[-nrow(d)])
d$before <- ifelse(again, c(NA, diff(d$day)), Inf)
d$after <- c(ifelse(again[-1], diff(d$day), Inf), Inf)
d$left <- max(d$day) - d$day
base <- d[d$before > 14 & d$day - min(d$day) >= 14 & d$left >= 1, ]
base$time <- pmin(base$after, base$left); base$event <- base$after <= base$left
curve <- function(b) {
  fit <- survfit(Surv(time, event) ~ 1, data = b, cluster = b$customer, robust = TRUE)
  s <- summary(fit, times = c(1, 3, 7, 14))
  list(n = nrow(b), customers = length(unique(b$customer)), survival = s$surv, se = s$std.err)
}
cases <- list(all = curve(base))
for (channel in sort(unique(base$channel))) cases[[channel]] <- curve(base[base$channel == channel, ])
save_json(c(cases, list(log = list(customers = length(unique(d$customer))))), "17_contacts.json")
