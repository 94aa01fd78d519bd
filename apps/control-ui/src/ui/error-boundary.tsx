import { Component, type ReactNode } from "react";
import { Button } from "./button.tsx";

/** Instead of an empty page: what went wrong, and the way back. Messages that were not sent yet are kept. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {};

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <main role="alert" className="mx-auto max-w-md space-y-4 p-8">
        <h1 className="text-xl font-semibold tracking-tight">This page stumbled</h1>
        <p className="text-soft [overflow-wrap:anywhere]">{error.message}</p>
        <Button onClick={() => location.reload()}>Reload</Button>
      </main>
    );
  }
}
