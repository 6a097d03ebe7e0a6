/** Members that are nobody's business outside, and what every Lit element has. */
const inner = /^#|^(connectedCallback|disconnectedCallback|render|updated|properties|styles)$/;

/** `npx cem analyze` writes custom-elements.json from the sources' types and comments; a test compares. */
export default {
  globs: ['client/segue.ts', 'client/widget/segueVoice.ts'],
  litelement: true,
  outdir: '.',
  packagejson: false,
  plugins: [
    {
      name: 'public-members-only',
      packageLinkPhase({ customElementsManifest }) {
        for (const { declarations = [] } of customElementsManifest.modules) {
          for (const declaration of declarations) {
            declaration.members = declaration.members?.filter(({ name }) => !inner.test(name));
            declaration.events = declaration.events?.filter(({ name }) => name.startsWith('segue-'));
          }
        }
      },
    },
  ],
};
