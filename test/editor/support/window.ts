import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import type { EditorServer } from './editorServer.ts';
import { eventually } from './eventually.ts';

/** Generous: the tests run on two cores that others use too. */
export const patience = 60_000;

/** Messages of VS Code itself on its developer console, which no extension causes. */
const harmless = [
  /vsda/,
  /gallery|marketplace|open-vsx/i,
  /telemetry|applicationinsights|1ds/i,
  /Failed to load resource/,
  /net::ERR_/,
  /favicon|manifest\.json|manifest:/,
  /service worker/i,
  /preloaded using link preload/,
  /authentication provider 'github'/,
  /A bad HTTP response code \(404\) was received when fetching the script/,
  /WebGL|webgl|GPU|gpu/,
  /An iframe which has both allow-scripts and allow-same-origin/,
  /Unrecognized feature/,
  /Request has no resource|remoteAuthority/i,
  /The Content Security Policy directive 'upgrade-insecure-requests'/,
  // VS Code's own extensions, when trust is granted in a running window.
  /vscode\.typescript-language-features/,
  /Long running operations? during shutdown/,
];

/** One window of VS Code: a page, and what a person does with it. */
export class EditorWindow {
  readonly page: Page;
  /** Errors that the developer console showed, VS Code's own harmless ones left out. */
  readonly errors: string[] = [];
  /** What the test provokes: VS Code puts the text of error notifications on the console too. */
  readonly expected: RegExp[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.setDefaultTimeout(patience);
    page.on('console', message => {
      if (message.type() === 'error') this.#note(message.text());
    });
    page.on('pageerror', error => this.#note(error.message));
  }

  static async open(
    browser: Browser,
    server: EditorServer,
    options: {
      folder?: string;
      development?: string;
      tests?: string;
      size?: { width: number; height: number };
      scheme?: 'light' | 'dark';
      expose?: Record<string, (...args: never[]) => unknown>;
      language?: string;
    },
  ): Promise<EditorWindow> {
    const context = await browser.newContext({
      viewport: options.size ?? { width: 1400, height: 900 },
      colorScheme: options.scheme ?? 'light',
      ...(options.language !== undefined && { locale: options.language }),
    });
    // VS Code's own words come from elsewhere; extensions speak the language that is set.
    if (options.language !== undefined)
      await context.addInitScript(language => {
        const get = () => language;
        Object.defineProperty(globalThis, '_VSCODE_NLS_LANGUAGE', { get, set: () => undefined });
      }, options.language);
    const page = await context.newPage();
    const window = new EditorWindow(context, page);
    for (const [name, callback] of Object.entries(options.expose ?? {}))
      await page.exposeFunction(name, callback);
    const remote = (file: string) => `vscode-remote://127.0.0.1:${server.port}${file}`;
    const payload = [
      ...(options.development === undefined
        ? []
        : [['extensionDevelopmentPath', remote(options.development)]]),
      ...(options.tests === undefined ? [] : [['extensionTestsPath', remote(options.tests)]]),
    ];
    const query = new URLSearchParams({
      ...(options.folder === undefined ? { ew: 'true' } : { folder: options.folder }),
      ...(payload.length > 0 && { payload: JSON.stringify(payload) }),
    });
    await page.goto(`http://127.0.0.1:${server.port}/?${query}`);
    await page.locator('.monaco-workbench').waitFor();
    return window;
  }

  #note(text: string): void {
    if (![...harmless, ...this.expected].some(pattern => pattern.test(text))) this.errors.push(text);
  }

  /** The extension's item in the status bar. */
  get status(): Locator {
    return this.page
      .locator('.statusbar-item')
      .filter({ has: this.page.locator('[aria-label^="Greenroom:"]') });
  }

  async statusShows(text: string | RegExp): Promise<void> {
    await this.status.filter({ hasText: text }).first().waitFor();
  }

  /** Runs a command through the palette, as a person would. */
  async command(title: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input[type="text"]');
    await this.page.locator('.monaco-workbench').press('F1');
    await input.waitFor();
    await input.fill(`>${title}`);
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
    await row.waitFor();
    await row.click();
  }

  async openView(): Promise<Locator> {
    const view = this.page.locator(
      '.pane-body .monaco-list[aria-label*="Staging"], .pane-body .welcome-view',
    );
    const icon = this.page
      .locator('.activitybar .action-item')
      .filter({ has: this.page.locator('[aria-label^="Greenroom"]') });
    if (!(await this.page.locator('.composite.title h2', { hasText: /greenroom/i }).isVisible()))
      await icon.first().click();
    await view.first().waitFor();
    return this.page.locator('.pane-body').first();
  }

  async openScm(): Promise<Locator> {
    await this.page
      .locator('.activitybar .action-item')
      .filter({ has: this.page.locator('[aria-label^="Source Control"]') })
      .first()
      .click();
    const view = this.page.locator('.scm-view');
    await view.getByText('Staging → Production').first().waitFor();
    return view;
  }

  /** A row of the tree, by the start of its label. */
  row(label: string | RegExp): Locator {
    return this.page.locator('.customview-tree .monaco-list-row').filter({ hasText: label }).first();
  }

  /** Opens a row; clicks again when the tree was drawn anew under the pointer. */
  async expand(label: string | RegExp): Promise<void> {
    const row = this.row(label);
    await eventually(async () => {
      if ((await row.getAttribute('aria-expanded', { timeout: 5000 })) !== 'true')
        await row.locator('.monaco-tl-twistie').click({ timeout: 5000 });
      if ((await row.getAttribute('aria-expanded', { timeout: 5000 })) !== 'true')
        throw new Error('still closed');
    }, `the row ${label} opens`);
  }

  /** Clicks an action at the end of a row, which shows while the pointer is over it. */
  async inline(label: string | RegExp, action: string): Promise<void> {
    await eventually(async () => {
      await this.row(label).hover({ timeout: 5000 });
      await this.row(label).locator(`.action-label[aria-label^="${action}"]`).click({ timeout: 5000 });
    }, `the action ${action} of ${label}`);
  }

  /** The page inside a webview. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** Presses a button of a modal dialog. */
  async answer(button: string): Promise<void> {
    await this.page.locator('.monaco-dialog-box .monaco-button', { hasText: button }).first().click();
  }

  /**
   * A notification, once it is there. VS Code shows no toasts while it is driven by a test, so the notification centre is
   * opened, where a person finds what they missed.
   */
  async notification(text: string | RegExp): Promise<Locator> {
    const centre = this.page.locator('.notifications-center.visible');
    const item = centre.locator('.notification-list-item').filter({ hasText: text }).first();
    return eventually(async () => {
      // It closes when something else takes the focus.
      if (!(await centre.isVisible()))
        await this.page.locator('.statusbar-item[id="status.notifications"]').click({ timeout: 5000 });
      await item.waitFor({ timeout: 1000 });
      return item;
    }, `a notification says ${text}`);
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}
