package cli

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/policies"
	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/engine/evidence"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

func (c *command) evidence() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "evidence [RUN]", Short: "Write what an auditor gets of a run", Args: maybeOne("RUN"),
		Long: `evidence writes the bundle of a run, or of the one that began last: the plan, every verdict, approvals, lineage,
classification, counts and proofs, refused rows, the audit log and its head, and a manifest of digests. It is made of the
record and the log beside the state and asks no system; made again, it is the same to the byte.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return errors.New("say where the bundle goes: --out DIR, or --out FILE.tar")
			}
			cfg, err := c.load()
			if err != nil {
				return err
			}
			if err := c.readBundleKey(); err != nil {
				return err
			}
			return c.writeBundle(cmd.Context(), cfg, strings.Join(args, ""), out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "write into the folder or tar file `DIR|FILE.tar`")
	cmd.Flags().StringVar(&c.bundleKey, "key", "", "sign the bundle with the private ed25519 key in `FILE`, in PEM")
	c.configFlags(cmd)
	cmd.AddCommand(c.evidenceVerify(), c.evidenceExport())
	return cmd
}

// readBundleKey reads the key that bundles are signed with, before anything is done.
func (c *command) readBundleKey() (err error) {
	if c.bundleKey != "" {
		c.signer, err = policies.ReadPrivate(policies.Read(c.ReadFile), c.path(c.bundleKey))
	}
	return err
}

// bundleOf writes the evidence that apply was asked for.
func (c *command) bundleOf(ctx context.Context, cfg *lang.Config, run string) error {
	if c.bundle == "" {
		return nil
	}
	if err := c.writeBundle(ctx, cfg, run, c.bundle); err != nil {
		return fmt.Errorf("the run stands as reported, but its evidence was not written: %w", err)
	}
	return nil
}

func (c *command) writeBundle(ctx context.Context, cfg *lang.Config, run, out string) error {
	of, err := c.engine(nil).Evidence(ctx, cfg, run)
	if err != nil {
		return err
	}
	text, err := planText(of.Record)
	if err != nil {
		return err
	}
	bundle, err := evidence.Make(of.Record, text, of.Log)
	if err != nil {
		return err
	}
	if c.signer != nil {
		public, _ := c.signer.Public().(ed25519.PublicKey)
		if err := bundle.Sign(c.signer, policies.KeyID(public)); err != nil {
			return err
		}
	}
	if err := bundle.Write(c.path(out)); err != nil {
		return err
	}
	if !c.json {
		fmt.Fprintf(c.Stdout, "The evidence of run %s is in %s: %s. `migrateiq evidence verify %s` checks it.\n", of.Record.Run, out, plan.Count(int64(len(bundle)), "file"), out)
	}
	return nil
}

// planText is the plan in full, as people read it.
func planText(r *evidence.Record) ([]byte, error) {
	p, err := plan.Read(bytes.NewReader(r.Plan))
	if err != nil {
		return nil, fmt.Errorf("read the plan of run %s from its record: %w", r.Run, err)
	}
	doc, err := view.Encode(&engine.Planned{Plan: p, Input: r.Input, Verdicts: r.Verdicts})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = view.Plan(&out, view.Style{}, doc, view.Full)
	return out.Bytes(), err
}

func (c *command) evidenceVerify() *cobra.Command {
	key := ""
	cmd := &cobra.Command{
		Use: "verify DIR|FILE.tar", Short: "Check a bundle of evidence", Args: oneArgument("DIR or FILE.tar"),
		Long: `verify holds every file of a bundle against the manifest, the plan and the policies' input against their digests, and
the audit log against its head. With --key the key has to have signed the bundle too. It needs no configuration and asks no
system. It exits 8 where something differs.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			bundle, err := evidence.ReadBundle(c.path(args[0]))
			if err != nil {
				return err
			}
			m, wrong := bundle.Verify()
			signed, err := c.signedBy(bundle, key)
			if errors.Is(err, evidence.ErrNotSigned) {
				wrong = append(wrong, sentence(capital(err.Error())))
			} else if err != nil {
				return err
			}
			if len(wrong) > 0 {
				return &exit{code: exitCheck, err: fmt.Errorf("the bundle is not as it was written:\n  %s", strings.Join(wrong, "\n  "))}
			}
			fmt.Fprintf(c.Stdout, "The bundle of run %s is as it was written: %s, sha256 %s.\n%s%s\n", m.Run, plan.Count(int64(len(bundle)), "file"), m.Bundle, signed, evidence.Unanchored)
			return nil
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "demand a signature by the public ed25519 key in `FILE`, in PEM")
	return cmd
}

// signedBy says who signed a bundle, in a line of its own.
func (c *command) signedBy(b evidence.Bundle, key string) (string, error) {
	if key == "" {
		if b.Signed() {
			return "It is signed; whose signature that is, --key FILE finds out.\n", nil
		}
		return "", nil
	}
	public, err := policies.ReadPublic(policies.Read(c.ReadFile), c.path(key))
	if err != nil {
		return "", err
	}
	return "It is signed by " + public.ID + ".\n", b.SignedBy(public.Public)
}

// exportFlags are what evidence export was asked for.
type exportFlags struct {
	format, out string
	bom, after  bool
}

func (c *command) evidenceExport() *cobra.Command {
	var f exportFlags
	formats := append(evidence.Formats(), "sox")
	cmd := &cobra.Command{
		Use: "export [PLAN.json|RUN]", Short: "Write verdicts and records in the forms of other tools", Args: maybeOne("PLAN.json or RUN"),
		Long: `export writes what was decided about a plan: PLAN.json is what plan --json printed; without it, it is the run RUN or the
one that began last. csv, junit, oscal and sarif hold the verdicts; ropa-csv and ropa-json the record of processing
(Article 30 GDPR); dpia the skeleton of an assessment (Article 35); lineage the columns of OpenLineage; classification the
classes of every field; sox the record of the change, of a run only.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(formats, f.format) {
				return fmt.Errorf("--format is one of %s, not %q.%s", strings.Join(formats, ", "), f.format, diag.Suggest(f.format, formats))
			}
			if f.bom && !strings.HasSuffix(f.format, "csv") && f.format != "classification" {
				return errors.New("--bom is for CSV")
			}
			text, err := c.exported(cmd.Context(), strings.Join(args, ""), f)
			if err != nil {
				return err
			}
			if f.out == "" {
				_, err = c.Stdout.Write(text)
				return err
			}
			if err := renameio.WriteFile(c.path(f.out), text, 0o600); err != nil {
				return fmt.Errorf("write %s: %w", f.out, err)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&f.format, "format", "csv", "write `FORMAT`: "+strings.Join(formats, ", "))
	cmd.Flags().StringVar(&f.out, "out", "", "write into `FILE` in place of standard output")
	cmd.Flags().BoolVar(&f.after, "after", false, "take the verdicts of the review after the run")
	cmd.Flags().BoolVar(&f.bom, "bom", false, "begin CSV with the mark of UTF-8")
	c.configFlags(cmd)
	return cmd
}

func (c *command) exported(ctx context.Context, of string, f exportFlags) ([]byte, error) {
	var out bytes.Buffer
	if strings.HasSuffix(of, ".json") {
		raw, err := c.ReadFile(c.path(of))
		if err != nil {
			return nil, fmt.Errorf("read the plan: %w", err)
		}
		if f.after {
			return nil, errors.New("--after is of a run, and a plan has none yet: name a run")
		}
		d, err := evidence.ReadDocument(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", of, err)
		}
		if f.format == "sox" {
			return nil, errors.New("--format sox is the record of a run, and a plan has none yet: name a run")
		}
		err = evidence.Export(&out, f.format, d, evidence.Option{BOM: f.bom})
		return out.Bytes(), err
	}
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	found, err := c.engine(nil).Evidence(ctx, cfg, of)
	if err != nil {
		return nil, err
	}
	if f.format == "sox" {
		err = evidence.WriteChange(&out, found.Record, found.Head())
		return out.Bytes(), err
	}
	d := found.Record.Decision()
	if f.after {
		if d = found.Record.DecisionAfter(); d.Verdicts == nil {
			return nil, fmt.Errorf("run %s was not reviewed after it was done", found.Record.Run)
		}
	}
	err = evidence.Export(&out, f.format, d, evidence.Option{BOM: f.bom})
	return out.Bytes(), err
}
