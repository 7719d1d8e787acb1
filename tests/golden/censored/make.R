# Censored normal regression (survival::survreg), Fisher's test and the exact stratified test
# (stats::fisher.test, stats::mantelhaen.test) on the data of data.csv and detection.csv.
# Run in this folder: Rscript make.R
suppressPackageStartupMessages(library(survival))
d <- read.csv("data.csv")
control <- survreg.control(rel.tolerance = 1e-13, maxiter = 200)
rows <- list()
for (analyte in unique(d$analyte)) {
  part <- d[d$analyte == analyte, ]
  outcome <- Surv(part$value, 1 - part$censored, type = "left")
  full <- survreg(outcome ~ age + plate2 + plate3 + case, data = part, dist = "gaussian",
                  control = control)
  null <- survreg(outcome ~ age + plate2 + plate3, data = part, dist = "gaussian",
                  control = control)
  rows[[analyte]] <- data.frame(
    analyte = analyte, coefficient = unname(coef(full)["case"]),
    standard_error = sqrt(vcov(full)["case", "case"]), scale = full$scale,
    log_likelihood = full$loglik[2], likelihood_ratio = 2 * (full$loglik[2] - null$loglik[2]))
}
write.csv(format(do.call(rbind, rows), digits = 15), "survreg.csv", row.names = FALSE, quote = FALSE)

e <- read.csv("detection.csv")
rows <- list()
for (name in unique(e$table)) {
  part <- e[e$table == name, ]
  case <- factor(part$case, levels = c(1, 0)); seen <- factor(part$detected, levels = c(1, 0))
  f <- fisher.test(table(case, seen))
  m <- mantelhaen.test(table(case, seen, part$plate), exact = TRUE)
  rows[[name]] <- data.frame(
    table = name, fisher_p = f$p.value, fisher_or = unname(f$estimate), fisher_low = f$conf.int[1],
    fisher_high = f$conf.int[2], strata_p = m$p.value, strata_or = unname(m$estimate),
    strata_low = m$conf.int[1], strata_high = m$conf.int[2])
}
write.csv(format(do.call(rbind, rows), digits = 15), "exact.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("survival", packageVersion("survival"))), "versions.txt")
