# Repeated visits: duplicateCorrelation, then lmFit(block, correlation), contrasts.fit and eBayes.
# Rscript blocks.R FOLDER writes panel.csv, samples.csv (seeded) and golden.json into FOLDER.
suppressMessages({library(limma); library(statmod); library(jsonlite)})
folder <- commandArgs(trailingOnly = TRUE)[1]
set.seed(20260117, "Mersenne-Twister", "Inversion", "Rejection")
n_people <- 22; p <- 30
visits <- rep(c(3, 2, 2, 1), length.out = n_people)
person <- rep(seq_len(n_people), visits); n <- length(person)
group <- ifelse(person %% 2 == 0, "MDD", "HC")
visit <- sequence(visits) - 1
age <- round(rnorm(n_people, 40, 10), 1)[person]
stable <- sqrt(runif(p, 0, 1.5))
Y <- matrix(rnorm(n_people * p), n_people)[person, ] %*% diag(stable) +
  matrix(rnorm(n * p), n) %*% diag(sqrt(0.5 / rgamma(p, 4, 4)))
Y[, 1] <- Y[, 1] + 0.8 * (group == "MDD"); Y[, 2] <- Y[, 2] + 0.6 * visit
Y <- round(Y, 5)
Y[cbind(sample(n, 14), rep(c(5, 9, 17, 28), length.out = 14))] <- NA
colnames(Y) <- sprintf("A%02d", seq_len(p))
samples <- data.frame(subject = sprintf("p%02d", person), group, visit, age)
write.csv(Y, file.path(folder, "panel.csv"), row.names = FALSE, na = "")
write.csv(samples, file.path(folder, "samples.csv"), row.names = FALSE, quote = FALSE)
X <- cbind(HC = group == "HC", MDD = group == "MDD", visit = visit, age = age) * 1
C <- makeContrasts(MDD - HC, visit, levels = X)
keep <- !apply(is.na(Y), 2, any)
run <- function(Z, trend, robust) {
  d <- duplicateCorrelation(t(Z), X, block = samples$subject)
  f <- eBayes(contrasts.fit(lmFit(t(Z), X, block = samples$subject, correlation = d$consensus), C),
              trend = trend, robust = robust)
  list(consensus = d$consensus, atanh = d$atanh.correlations, coefficient = f$coefficients, t = f$t,
       p_value = f$p.value, s2 = f$sigma^2, s2_prior = f$s2.prior, df_prior = f$df.prior,
       df_residual = f$df.residual, F = f$F, F_p_value = f$F.p.value)
}
holed <- function(Z) {  # contrasts.fit is approximate with holes: coefficients of the design itself
  d <- duplicateCorrelation(t(Z), X, block = samples$subject)
  f <- eBayes(lmFit(t(Z), X, block = samples$subject, correlation = d$consensus))
  list(consensus = d$consensus, atanh = d$atanh.correlations, coefficient = f$coefficients, t = f$t,
       p_value = f$p.value, s2 = f$sigma^2, s2_prior = f$s2.prior, df_prior = f$df.prior,
       df_residual = f$df.residual)
}
out <- list(
  versions = list(R = as.character(getRversion()), limma = as.character(packageVersion("limma")),
                  statmod = as.character(packageVersion("statmod"))),
  complete = colnames(Y)[keep],
  plain = run(Y[, keep], FALSE, FALSE), trend_robust = run(Y[, keep], TRUE, TRUE), holed = holed(Y))
write_json(out, file.path(folder, "golden.json"), digits = NA, auto_unbox = TRUE, na = "null")
